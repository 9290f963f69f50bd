package processtest

import (
	"encoding/binary"
	"encoding/json"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Java says what a fake RocketMQ process does beside being a Child.
type Java struct {
	Child
	Launches string // gets a line for every start, before anything else
	Serves   bool   // answers every request on its port, once it has booted
	Mute     bool   // accepts connections on its port, and never answers
}

// PlanFile is where the fake of a role (namesrv, broker) finds its Java, as JSON.
func PlanFile(home, role string) string { return filepath.Join(home, "fake", role+".json") }

var (
	mainClass  = regexp.MustCompile(`^org\.apache\.rocketmq\.([a-z]+)\.\w+Startup$`)
	listenPort = regexp.MustCompile(`(?m)^listenPort=(\d+)`)
)

// RunJava lives the life of a java that was started with RocketMQ's command line; it returns the exit code.
func RunJava(args []string) int {
	var role, port string
	for i, arg := range args {
		if m := mainClass.FindStringSubmatch(arg); m != nil {
			role = m[1]
		}
		if arg == "-c" && i+1 < len(args) {
			text, err := os.ReadFile(args[i+1])
			if err != nil {
				panic(err)
			}
			if m := listenPort.FindStringSubmatch(string(text)); m != nil {
				port = m[1]
			}
		}
	}
	text, err := os.ReadFile(PlanFile(os.Getenv("ROCKETMQ_HOME"), role))
	if err != nil {
		panic(err)
	}
	var j Java
	if err := json.Unmarshal(text, &j); err != nil {
		panic(err)
	}
	appendLine(j.Launches)
	if j.Serves || j.Mute {
		go j.serve(port)
	}
	return j.run()
}

func (j Java) serve(port string) {
	await(j.Boot)
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		panic(err)
	}
	for {
		conn, err := l.Accept()
		if err != nil {
			panic(err)
		}
		if j.Serves {
			go answer(conn)
		}
	}
}

// answer says REQUEST_CODE_NOT_SUPPORTED (3) to everything: the proof that the other side speaks the protocol.
func answer(conn net.Conn) {
	defer conn.Close()
	for {
		var lengths [8]byte // of the frame, of its header
		if _, err := io.ReadFull(conn, lengths[:]); err != nil {
			return
		}
		rest := make([]byte, binary.BigEndian.Uint32(lengths[:4])-4)
		if _, err := io.ReadFull(conn, rest); err != nil {
			return
		}
		header := rest[:binary.BigEndian.Uint32(lengths[4:])&0xffffff]
		var request struct{ Opaque int32 }
		if err := json.Unmarshal(header, &request); err != nil {
			return
		}
		reply, _ := json.Marshal(map[string]any{
			"code": 3, "opaque": request.Opaque, "flag": 1, "language": "JAVA", "remark": "fake",
		})
		frame := binary.BigEndian.AppendUint32(nil, uint32(4+len(reply)))
		frame = binary.BigEndian.AppendUint32(frame, uint32(len(reply)))
		if _, err := io.Copy(conn, strings.NewReader(string(frame)+string(reply))); err != nil {
			return
		}
	}
}
