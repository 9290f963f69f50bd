import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;

/** Prints what java.util.Properties reads in every file of a folder: java Load.java FOLDER. Keys and values are UTF-16, in hex. */
class Load {
    public static void main(String[] args) throws IOException {
        PrintStream out = new PrintStream(new BufferedOutputStream(System.out), false, "US-ASCII");
        for (File file : new File(args[0]).listFiles()) {
            Properties p = new Properties();
            try (InputStream in = new FileInputStream(file)) {
                p.load(in);
            }
            for (String key : p.stringPropertyNames()) {
                out.println(file.getName() + "\t" + hex(key) + "\t" + hex(p.getProperty(key)));
            }
        }
        out.flush();
    }

    static String hex(String s) {
        return HexFormat.of().formatHex(s.getBytes(StandardCharsets.UTF_16BE));
    }
}
