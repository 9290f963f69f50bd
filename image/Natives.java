import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Takes the native libraries out of the jars of a RocketMQ home: {@code java Natives.java LIB}.
 *
 * <p>Those of this machine go to LIB/native, where {@code -Djava.library.path} finds them; those of other systems are
 * dropped. Left in the jars they would be unpacked into java.io.tmpdir at every start, which fails where /tmp is noexec,
 * and zstd-jni looks at the library path only when its jar holds no library. Nothing else in a jar changes.
 */
class Natives {
    /** Every native library in a jar, of any system. */
    private static final Pattern LIBRARY = Pattern.compile("/.*(\\.(so|dll|dylib|jnilib)|/libjnidispatch\\.a)");

    /** Those that this machine loads: netty (plain and shaded by grpc), RocksDB, zstd, lz4 and JNA, by os.arch. */
    private static final Map<String, Pattern> OURS = Map.of(
        "amd64", Pattern.compile("/META-INF/native/.*_x86_64\\.so|/librocksdbjni-linux64\\.so"
            + "|(/net/jpountz/util)?/linux/amd64/.*\\.so|/com/sun/jna/linux-x86-64/.*"),
        "aarch64", Pattern.compile("/META-INF/native/.*_aarch_64\\.so|/librocksdbjni-linux-aarch64\\.so"
            + "|(/net/jpountz/util)?/linux/aarch64/.*\\.so|/com/sun/jna/linux-aarch64/.*"));

    public static void main(String[] args) throws IOException {
        Path lib = Path.of(args[0]);
        Pattern ours = OURS.get(System.getProperty("os.arch"));
        if (ours == null) {
            throw new IOException("no native libraries are known for this machine (" + System.getProperty("os.arch") + ")");
        }
        Files.createDirectories(lib.resolve("native"));
        for (Path jar : list(lib)) {
            if (jar.toString().endsWith(".jar")) {
                strip(jar, ours, lib.resolve("native"));
            }
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    /** A jar that held nothing but another system's libraries is deleted. */
    private static void strip(Path jar, Pattern ours, Path target) throws IOException {
        List<Path> libraries = find(jar, LIBRARY);
        if (libraries.isEmpty()) {
            return;
        }
        boolean kept = false;
        try (FileSystem zip = open(jar)) {
            for (Path name : libraries) {
                Path library = zip.getPath(name.toString());
                if (ours.matcher(name.toString()).matches()) {
                    Files.copy(library, target.resolve(name.getFileName().toString()), StandardCopyOption.REPLACE_EXISTING);
                    kept = true;
                }
                Files.delete(library);
            }
        }
        if (!kept && find(jar, Pattern.compile("(?!/META-INF/).*")).isEmpty()) {
            Files.delete(jar);
        }
    }

    private static List<Path> find(Path jar, Pattern pattern) throws IOException {
        try (FileSystem zip = open(jar); Stream<Path> entries = Files.walk(zip.getPath("/"))) {
            return entries.filter(Files::isRegularFile)
                .filter(entry -> pattern.matcher(entry.toString()).matches())
                .map(entry -> Path.of(entry.toString()))
                .toList();
        }
    }

    private static FileSystem open(Path jar) throws IOException {
        return FileSystems.newFileSystem(URI.create("jar:" + jar.toUri()), Map.of());
    }
}
