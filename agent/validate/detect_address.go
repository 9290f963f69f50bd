package validate

import (
	"regexp"
	"strings"

	"rocketmq-agent/agent/javaprops"
	"rocketmq-agent/agent/rmq"
)

// detectAddresses checks host:port;host:port as NetworkUtil.string2SocketAddress takes it apart, and then what it does
// not look at. Semicolons at the end do no harm (String.split).
func detectAddresses(value string) *problem {
	if found := detectPlaceholder(value, placeholderMark); found != nil {
		return found
	}
	for address := range strings.SplitSeq(strings.TrimRight(value, ";"), ";") {
		host, port, ok := rmq.SplitAddr(address)
		if found := detectHostPlaceholder(host); found != nil {
			return found
		}
		number, numeric := javaprops.ParseInt(port, 32)
		switch {
		case !ok || !numeric || number < 0 || number > 65535:
			return &problem{code: "bad-address", message: quoted(address) + " is not host:port", refused: true}
		case number == 0 || !rmq.IsHost(host):
			return &problem{code: "bad-address", message: quoted(address) + " can never be reached"}
		}
	}
	return nil
}

// peerForm is a member of a DLedger group; its host must not be an IPv6 literal (DLedgerConfig splits at colons).
var peerForm = regexp.MustCompile(`^([^-;:\s]+)-([^:;\s]+):(\d{1,5})$`)

func detectPeers(value string) *problem {
	_, found := peerIDs(value)
	return found
}

// peerIDs takes the list of a DLedger group's members apart.
func peerIDs(value string) (ids []string, found *problem) {
	if found := detectPlaceholder(value, placeholderMark, placeholderWord); found != nil {
		return nil, found
	}
	for member := range strings.SplitSeq(strings.TrimRight(value, ";"), ";") {
		parts := peerForm.FindStringSubmatch(member)
		if parts == nil {
			return nil, &problem{
				code:    "bad-peer",
				message: "the member " + quoted(member) + " has not the form ID-HOST:PORT",
				refused: true,
			}
		}
		if found := detectHostPlaceholder(parts[2]); found != nil {
			return nil, found
		}
		ids = append(ids, parts[1])
	}
	return ids, nil
}

func detectHost(value string) *problem {
	if found := detectHostPlaceholder(value); found != nil {
		return found
	}
	if !rmq.IsHost(value) {
		return &problem{
			code:    "bad-host",
			message: quoted(value) + " is neither an IP address nor a host name",
			refused: true,
		}
	}
	return nil
}

// placeholderHost is an address with an x where a number should be.
var placeholderHost = regexp.MustCompile(`^(([\dxX*]{1,3}\.){3}[\dxX*]{1,3}|[xX]{3,})$`)

func detectHostPlaceholder(host string) *problem {
	return detectPlaceholder(host, placeholderMark, placeholderWord, placeholderHost)
}
