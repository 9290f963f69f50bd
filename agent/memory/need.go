package memory

const (
	mib = 1 << 20
	gib = 1 << 30

	// agentBytes is the agent itself: at most 14 MiB resident by contract.
	agentBytes = 16 * mib
	agentOther = 4 * mib

	// leastCache is the page cache below which no plan goes. It holds the JVM's own code and jars as well as the ends
	// of the commit log and its indexes. The rest of the limit is page cache too.
	leastCache = 32 * mib
)

// need is the memory of one JVM apart from its heap and direct memory, and the bounds of those two.
//
// The numbers were measured on RocketMQ 5.5.0 with G1, Java 25 and 17, 2 processors, under 16 producer threads sending
// 1 KiB messages and one consumer (anonymous memory and JVM's native memory tracking, MiB):
//
//	                    outside the heap   direct  metaspace  code  stacks (threads)  GC + rest
//	broker, heap  96                 181       62         28    17          19 (196)   39 + 16
//	broker, heap 1024                182       62         27    14          19 (194)   57 + 10
//	name server, heap 64            27-81        4      17-25   6-9            5  (56)   38, not all touched
//	controller, heap 64, idle, TLS        91        4         27    10            3  (37)   38 + 13, not all touched
//	proxy, heap 128, idle, TLS           121       20         37    11           12 (122)   39
//	broker with proxy, heap 192, idle   111+       53         43    14           15 (159)   41, not all touched
//
// (the larger figures of the name server are with TLS)
//
// What a limit does to such a broker, its name server elsewhere (the rates are of a machine with other work to do,
// where brokers without any limit got 2 300 to 5 300 messages a second, so only great differences mean something):
//
//	512 MiB  heap 128  5 400/s  page cache 189 MiB
//	416 MiB  heap  96  3 300/s  page cache 130 MiB
//	368 MiB  heap  96  3 100/s  page cache  83 MiB
//	352 MiB  heap 128  2 900/s  page cache  41 MiB, constant reclaim
//	288 MiB  heap 128    100/s  490 sends failed, then the kernel's OOM killer
//
// And with the agent, as planned here; all ran 20 s without a failed send and stopped cleanly, the second on Java 17
// too:
//
//	 384 MiB  a broker alone, heap 96          3 700/s  all used, of it page cache 94 MiB
//	 512 MiB  name server and broker, 64 and  96  6 900/s  all used, of it page cache 115 MiB
//	1024 MiB  name server and broker, 64 and 256  5 100/s  717 MiB used at most, of it page cache 210 MiB
type need struct {
	leastHeap, mostHeap     int64
	mostHeapUncapped        int64 // on a machine without a limit, which other programs want to use too
	heapShare               int64 // one heapShare-th of the limit is wanted
	leastDirect, mostDirect int64 // half as much as heap is wanted
	metaspace, codeCache    int64
	stacks, native          int64
	metaspaceBound          int64 // flags only: bounds that stop a leak, far above what is used
	codeCacheBound          int64
}

// needs has an entry for every Kind: one that is not in it gets no plan.
var needs = map[Kind]need{
	Broker: {
		leastHeap:        96 * mib,
		mostHeap:         8 * gib,
		mostHeapUncapped: 4 * gib,
		heapShare:        4,
		leastDirect:      96 * mib, // the timer wheel alone takes 37 MiB
		mostDirect:       4 * gib,
		metaspace:        30 * mib,
		codeCache:        22 * mib,
		stacks:           20 * mib,
		native:           56 * mib,
		metaspaceBound:   256 * mib,
		codeCacheBound:   128 * mib,
	},
	BrokerWithProxy: {
		leastHeap:        160 * mib,
		mostHeap:         8 * gib,
		mostHeapUncapped: 4 * gib,
		heapShare:        3,
		leastDirect:      128 * mib,
		mostDirect:       4 * gib,
		metaspace:        48 * mib,
		codeCache:        32 * mib,
		stacks:           32 * mib,
		native:           64 * mib,
		metaspaceBound:   256 * mib,
		codeCacheBound:   128 * mib,
	},
	Proxy: {
		leastHeap:        96 * mib,
		mostHeap:         4 * gib,
		mostHeapUncapped: 2 * gib,
		heapShare:        2,
		leastDirect:      48 * mib,
		mostDirect:       2 * gib,
		metaspace:        40 * mib,
		codeCache:        24 * mib,
		stacks:           24 * mib,
		native:           48 * mib,
		metaspaceBound:   256 * mib,
		codeCacheBound:   128 * mib,
	},
	// 114 MiB anonymous with a heap of 64, idle, 68 threads; the rest is for elections and routes.
	NamesrvWithController: {
		leastHeap:        64 * mib,
		mostHeap:         512 * mib,
		mostHeapUncapped: 512 * mib,
		heapShare:        4,
		leastDirect:      32 * mib,
		mostDirect:       128 * mib,
		metaspace:        30 * mib,
		codeCache:        12 * mib,
		stacks:           8 * mib,
		native:           44 * mib,
		metaspaceBound:   128 * mib,
		codeCacheBound:   64 * mib,
	},
	Controller: {
		leastHeap:        64 * mib,
		mostHeap:         512 * mib,
		mostHeapUncapped: 512 * mib,
		heapShare:        4,
		leastDirect:      24 * mib,
		mostDirect:       128 * mib,
		metaspace:        27 * mib,
		codeCache:        10 * mib,
		stacks:           6 * mib,
		native:           40 * mib,
		metaspaceBound:   128 * mib,
		codeCacheBound:   64 * mib,
	},
	// A table of routes.
	Namesrv: {
		leastHeap:        64 * mib,
		mostHeap:         512 * mib,
		mostHeapUncapped: 512 * mib,
		heapShare:        4,
		leastDirect:      24 * mib,
		mostDirect:       128 * mib,
		metaspace:        18 * mib,
		codeCache:        8 * mib,
		stacks:           6 * mib,
		native:           24 * mib,
		metaspaceBound:   128 * mib,
		codeCacheBound:   64 * mib,
	},
}
