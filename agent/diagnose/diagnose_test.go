package diagnose

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// program stands for a broker: a JVM whose command line has a broker's main class, which is a file's name here.
const program = `import java.nio.channels.FileChannel;
import java.nio.file.*;
class Main {
    static Object held;
    public static void main(String[] args) throws Exception {
        if (args.length > 0) {
            var options = new OpenOption[] {
                StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE };
            held = FileChannel.open(Path.of(args[0]), options).map(FileChannel.MapMode.READ_WRITE, 0, 4096);
        }
        System.out.println("ready");
        Thread.currentThread().setName("the main thread of a broker");
        Thread.sleep(3600_000);
    }
}
`

// startJVM starts the program with options of the JVM and returns when it runs. It must not print a thread dump.
func startJVM(t *testing.T, arg string, options ...string) (JVM, *exec.Cmd) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a JVM")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "test.BrokerStartup")
	if err := os.WriteFile(file, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	own := []string{"-Xmx64m", "-XX:+UseSerialGC", "-Djava.io.tmpdir=" + dir}
	args := append(slices.Concat(own, options), "--source", "17", file)
	if arg != "" {
		args = append(args, arg)
	}
	cmd := exec.Command("java", args...)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("cannot start java (a JDK 17 or newer must be on PATH): %v", err)
	}
	lines, rest := bufio.NewReader(out), make(chan string, 1)
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		if text := <-rest; strings.Contains(text, "Full thread dump") {
			t.Errorf("SIGQUIT printed a thread dump:\n%s", text)
		}
		_ = cmd.Wait()
		_ = os.Remove(filepath.Join(socketDir, fmt.Sprintf(".java_pid%d", cmd.Process.Pid)))
	})
	line, err := lines.ReadString('\n')
	go func() {
		text, _ := lines.ReadString(0)
		rest <- text
	}()
	if line != "ready\n" {
		t.Fatalf("the JVM says %q, %v", line, err)
	}
	return find(t, cmd.Process.Pid), cmd
}

// find returns one of the servers: on a machine of several tests there may be others.
func find(t *testing.T, pid int) JVM {
	t.Helper()
	all, err := Servers()
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(all, func(j JVM) bool { return j.PID == pid })
	if at < 0 {
		t.Fatalf("process %d is not among %v", pid, all)
	}
	return all[at]
}

// refused checks that an error says all the words, and that nothing is left in the folder.
func refused(t *testing.T, err error, folder string, words ...string) {
	t.Helper()
	for _, word := range words {
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("the error %v does not say %q", err, word)
		}
	}
	if files, _ := filepath.Glob(filepath.Join(folder, "*")); len(files) > 0 {
		t.Errorf("it left %v", files)
	}
}

func TestThreads(t *testing.T) {
	j, _ := startJVM(t, "")
	if j.Role != "broker" {
		t.Errorf("its role is %s", j.Role)
	}
	for _, how := range []string{"the socket is not there yet", "it is there"} {
		text, err := j.Threads(t.Context())
		for _, want := range []string{"Full thread dump", "the main thread of a broker", "Locked ownable synchronizers"} {
			if err != nil || !strings.Contains(text, want) {
				t.Errorf("%s: no %q: %v\n%s", how, want, err, text)
			}
		}
	}
	if files, _ := filepath.Glob(filepath.Join(socketDir, ".attach_pid"+j.pid())); len(files) > 0 {
		t.Errorf("%v is left", files)
	}
	_, err := j.ask(t.Context(), "No.such_command")
	refused(t, err, t.TempDir(), "refuses No.such_command", "Unknown diagnostic command")
}

func (j JVM) pid() string { return filepath.Base(filepath.Dir(j.file("x"))) }

// Report B4: a heap dump without jcmd, jmap or a JDK.
func TestHeap(t *testing.T) {
	j, _ := startJVM(t, "")
	to := Folder{Path: filepath.Join(t.TempDir(), "a folder"), Machine: ThisMachine(), Servers: []JVM{j}}
	if err := os.Mkdir(to.Path, 0o700); err != nil {
		t.Fatal(err)
	}
	path, err := j.Heap(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	if ok, _ := filepath.Match(to.Path+"/broker-"+j.pid()+"-????????T??????Z.hprof", path); !ok {
		t.Errorf("the dump is %s", path)
	}
	text, err := os.ReadFile(path)
	if err != nil || !bytes.HasPrefix(text, []byte("JAVA PROFILE 1.0.2\x00")) {
		t.Errorf("%s is no heap dump: %v", path, err)
	}
	need, err := j.heapNeed(t.Context())
	if size := uint64(len(text)); err != nil || need < size || need > 128<<20 {
		t.Errorf("a dump of %d bytes was thought to take up to %d, %v", size, need, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v, %v", info.Mode(), err)
	}
}

func TestRecord(t *testing.T) {
	j, _ := startJVM(t, "")
	to := Folder{Path: t.TempDir(), Machine: ThisMachine(), Servers: []JVM{j}}
	began := time.Now()
	path, err := j.Record(t.Context(), to, 2*time.Second)
	if took := time.Since(began); err != nil || took < 2*time.Second {
		t.Fatalf("after %v: %v", took, err)
	}
	if ok, _ := filepath.Match(to.Path+"/broker-"+j.pid()+"-????????T??????Z.jfr", path); !ok {
		t.Errorf("the recording is %s", path)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v, %v", info.Mode(), err)
	}
	jfr, err := exec.LookPath("jfr")
	if err != nil {
		t.Skip("no jfr on PATH to read it with")
	}
	out, err := exec.Command(jfr, "summary", path).CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("jdk.")) {
		t.Errorf("jfr summary: %v\n%s", err, out)
	}
}

// A recording that is interrupted ends, and keeps what it has.
func TestRecordInterrupted(t *testing.T) {
	j, _ := startJVM(t, "")
	to := Folder{Path: t.TempDir(), Machine: ThisMachine(), Servers: []JVM{j}}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for {
			if files, _ := filepath.Glob(to.Path + "/*"); len(files) > 0 {
				cancel()
				return
			}
			time.Sleep(tick)
		}
	}()
	path, err := j.Record(ctx, to, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := j.ask(t.Context(), "JFR.check")
	if err != nil || strings.Contains(answer, recording(path)) {
		t.Errorf("it still records: %s, %v", answer, err)
	}
}

func TestFolders(t *testing.T) {
	j, _ := startJVM(t, "")
	dir := t.TempDir()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ path, want string }{
		"not there":       {dir + "/missing", "no such file or directory"},
		"a file":          {file, "it is no folder"},
		"nobody writes":   {"/proc/self", "cannot write there"},
		"quotes":          {quoted(t), "choose another folder"},
		"no such room":    {dir, "128 MiB free: choose a folder with more room"},
		"a tmpfs too big": {dir, "the container has 1 MiB left"},
	} {
		t.Run(name, func(t *testing.T) {
			to := Folder{Path: tt.path, Machine: ThisMachine()}
			switch name {
			case "no such room":
				to.Machine.Statfs = disks(map[string]unix.Statfs_t{"": blocks(4096, 1024, 128)})
			case "a tmpfs too big":
				tmpfs := blocks(1<<20, 1<<20, 1<<20)
				tmpfs.Type = unix.TMPFS_MAGIC
				to.Machine = Machine{Statfs: disks(map[string]unix.Statfs_t{"": tmpfs}), Cgroup: cgroup(t)}
			}
			need := uint64(256 << 20)
			refused(t, to.ready(j, "a heap dump", need), dir, "cannot write a heap dump of the broker", tt.want)
		})
	}
}

// quoted is a folder that no diagnostic command can name.
func quoted(t *testing.T) string {
	dir := filepath.Join(t.TempDir(), `a"b`)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// cgroup is a control group with 100 MiB, of which 1 MiB is left beside 40 MiB that can be dropped.
func cgroup(t *testing.T) string {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"memory.max":     "104857600\n",
		"memory.current": "145752064\n",
		"memory.stat":    "anon 1\nfile 52428800\nshmem 10485760\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// blocks is a disk of so many MiB.
func blocks(all, free, available uint64) unix.Statfs_t {
	return unix.Statfs_t{
		Blocks: all,
		Bfree:  free,
		Bavail: available,
		Bsize:  1 << 20,
		Frsize: 1 << 20,
	}
}

// disks answers for the paths that it knows, and by "" for the others.
func disks(known map[string]unix.Statfs_t) func(string, *unix.Statfs_t) error {
	return func(path string, disk *unix.Statfs_t) error {
		found, ok := known[path]
		if !ok {
			found = known[""]
		}
		*disk = found
		return nil
	}
}

// A heap dump and a recording that have no room, each in its own way, are refused before the JVM does anything.
func TestNoRoom(t *testing.T) {
	store := t.TempDir()
	j, _ := startJVM(t, filepath.Join(store, "00000000000000000000"))
	dir := t.TempDir()
	for name, tt := range map[string]struct {
		disks map[string]unix.Statfs_t
		words []string
	}{
		"none": {
			map[string]unix.Statfs_t{"": blocks(100000, 30000, 0)},
			[]string{"the file system has 0 MiB free"},
		},
		"the store's disk": {
			map[string]unix.Statfs_t{"": blocks(1000, 160, 160)},
			[]string{"also that of the store " + store, "84 % full", "RocketMQ deletes messages"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			to := Folder{Path: dir, Machine: Machine{Statfs: disks(tt.disks)}, Servers: []JVM{j}}
			_, err := j.Heap(t.Context(), to)
			refused(t, err, dir, append(tt.words, "cannot write a heap dump")...)
			_, err = j.Record(t.Context(), to, time.Second)
			refused(t, err, dir, append(tt.words, "cannot write a flight recording", "it can take 64 MiB")...)
		})
	}
	other := disks(map[string]unix.Statfs_t{"": blocks(1000, 160, 160), store: blocks(2000, 160, 160)})
	to := Folder{Path: dir, Machine: Machine{Statfs: other}, Servers: []JVM{j}}
	if err := to.ready(j, "a heap dump", 100<<20); err != nil {
		t.Errorf("the store is on another disk: %v", err)
	}
	full := disks(map[string]unix.Statfs_t{dir: blocks(9000, 8000, 8000), j.tmpDir(): blocks(50, 20, 20)})
	to = Folder{Path: dir, Machine: Machine{Statfs: full}}
	_, err := j.Record(t.Context(), to, time.Second)
	refused(t, err, dir, "which lies in "+filepath.Dir(j.args[len(j.args)-2])+" meanwhile", "20 MiB free")
}

// A disk that is full after all leaves nothing behind.
func TestHalfADump(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("needs a file system of its own: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	j, _ := startJVM(t, "")
	plenty := disks(map[string]unix.Statfs_t{"": blocks(1<<20, 1<<20, 1<<20)})
	to := Folder{Path: dir, Machine: Machine{Statfs: plenty}, Servers: []JVM{j}}
	_, err := j.Heap(t.Context(), to)
	refused(t, err, dir, "has not written its heap dump", "No space left on device")
}

func TestLeft(t *testing.T) {
	j, cmd := startJVM(t, "")
	dir := t.TempDir()
	to := Folder{Path: dir, Machine: ThisMachine()}
	recorded := make(chan error, 1)
	go func() {
		_, err := j.Record(t.Context(), to, time.Hour)
		recorded <- err
	}()
	for {
		if files, _ := filepath.Glob(dir + "/*"); len(files) > 0 {
			break
		}
		time.Sleep(tick)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	refused(t, <-recorded, dir, "the broker (pid "+j.pid()+")", "left before")
	_, err := j.Threads(t.Context())
	refused(t, err, dir, "the broker (pid "+j.pid()+") has left")
	_, err = j.Heap(t.Context(), to)
	refused(t, err, dir, "has left")
}

// A JVM that would print a thread dump on SIGQUIT gets none, nor does one that would die of it.
func TestWithoutSignal(t *testing.T) {
	j, _ := startJVM(t, "", "-XX:+DisableAttachMechanism")
	_, err := j.Threads(t.Context())
	refused(t, err, t.TempDir(), "cannot attach to the broker", "with -XX:+DisableAttachMechanism: take that out")
	if _, err = j.wake(t.Context(), status{}); err == nil || !strings.Contains(err.Error(), "it is just starting") {
		t.Errorf("a JVM without a handler for the signal: %v", err)
	}
	j, _ = startJVM(t, "", "-Xrs")
	if text, err := j.Threads(t.Context()); err != nil || !strings.Contains(text, "Full thread dump") {
		t.Errorf("-Xrs: %v\n%s", err, text)
	}
}

// A JVM that stands still is not waited for for ever.
func TestStandsStill(t *testing.T) {
	j, cmd := startJVM(t, "")
	_ = cmd.Process.Signal(syscall.SIGSTOP)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err := j.Threads(ctx)
	refused(t, err, t.TempDir(), "it has not opened its socket: its time is up")
	// It stays stopped until it is killed: woken up, it would print its threads, for the attach file is gone.
}

// Neither another user nor a folder of another user is tried.
func TestOtherUsers(t *testing.T) {
	j := JVM{Role: "broker", PID: os.Getpid()}
	err := j.mayAttach(status{uid: 0}, 3000, 3000)
	refused(t, err, t.TempDir(), "it runs as user 0:0, and this is 3000:3000", "docker exec --user 0:0")
	dir := t.TempDir()
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	group := []int{os.Getegid()}
	if writes(status{uid: 3000, gid: 3000}, info) || !writes(status{uid: 3000, groups: group}, mode{info, 0o770}) {
		t.Error("a folder of mode 755 is for nobody else to write, one of mode 770 for its group")
	}
}

type mode struct {
	os.FileInfo
	bits os.FileMode
}

func (m mode) Mode() os.FileMode { return m.bits }

func TestRole(t *testing.T) {
	for line, want := range map[string]string{
		"-cp /x org.apache.rocketmq.namesrv.NamesrvStartup -c f":              "namesrv",
		"-Da=b org.apache.rocketmq.broker.BrokerStartup":                      "broker",
		"org.apache.rocketmq.proxy.ProxyStartup -pm local -n x":               "broker",
		"org.apache.rocketmq.proxy.ProxyStartup -n x -pm cluster":             "proxy",
		"org.apache.rocketmq.controller.ControllerStartup":                    "controller",
		"org.apache.rocketmq.tools.command.MQAdminStartup clusterList -n x:1": "",
		"": "",
	} {
		if got := role(strings.Fields(line)); got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
}

func TestChoose(t *testing.T) {
	namesrv, broker, proxy := JVM{Role: "namesrv", PID: 7}, JVM{Role: "broker", PID: 8}, JVM{Role: "proxy", PID: 9}
	for name, tt := range map[string]struct {
		all  []JVM
		role string
		want string
	}{
		"none":             {nil, "", "no server of RocketMQ runs"},
		"none of the role": {[]JVM{namesrv}, "broker", "no broker runs in this container, only the namesrv (pid 7)"},
		"the only one":     {[]JVM{proxy}, "", "the proxy (pid 9)"},
		"the broker":       {[]JVM{namesrv, broker}, "", "the broker (pid 8)"},
		"another":          {[]JVM{namesrv, broker}, "namesrv", "the namesrv (pid 7)"},
		"no broker":        {[]JVM{namesrv, proxy}, "", "the namesrv (pid 7), the proxy (pid 9): choose one with --role"},
	} {
		j, err := ChooseOne(tt.all, tt.role)
		got := j.String()
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, tt.want) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestHeapSize(t *testing.T) {
	for name, tt := range map[string]struct {
		info string
		want uint64
	}{
		"G1 of 17": {" garbage-first heap   total 262144K, used 19422K [0x0)\n  region size 1024K, 12 young (12288K)\n" +
			" Metaspace       used 9421K, committed 9600K", 262144 + 19422},
		"G1 of 25": {"garbage-first heap   total reserved 900000K, committed 262144K, used 19210K [0x0)",
			262144 + 19210},
		"Serial": {" def new generation   total 78656K, used 26788K [0x0)\n  eden space 69952K,  38% used [0x0)\n" +
			" tenured generation   total 174784K, used 1166K [0x0)", 78656 + 26788 + 174784 + 1166},
		"Parallel": {"PSYoungGen      total 76288K, used 26848K [0x0)\nParOldGen       total 175104K, used 0K [0x0)",
			76288 + 26848 + 175104},
		"Z":          {" ZHeap           used 42M, capacity 256M, max capacity 900M", (42 + 256) << 10},
		"Shenandoah": {"Shenandoah Heap\n 900M max, 900M soft max, 256M committed, 25013K used\n", 256<<10 + 25013},
		"nothing":    {"a heap", 0},
	} {
		if got := heapSize(tt.info) >> 10; got != tt.want {
			t.Errorf("%s: %d KiB, want %d", name, got, tt.want)
		}
	}
}

func TestComplete(t *testing.T) {
	chunk := func(size byte) []byte {
		return append([]byte("FLR\x00\x00\x02\x00\x01\x00\x00\x00\x00\x00\x00\x00"), size)
	}
	for name, tt := range map[string]struct {
		text []byte
		want bool
	}{
		"two chunks":        {append(append(chunk(18), 1, 2), chunk(16)...), true},
		"empty":             {nil, false},
		"cut":               {append(chunk(18), 1), false},
		"not finished":      {chunk(0), false},
		"something else":    {bytes.Repeat([]byte("x"), 40), false},
		"something behind":  {append(chunk(16), 1), false},
		"a chunk too large": {chunk(17), false},
	} {
		path := filepath.Join(t.TempDir(), "x.jfr")
		if err := os.WriteFile(path, tt.text, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := complete(path); (err == nil) != tt.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
