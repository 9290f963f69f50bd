import java.io.*;
import java.util.Properties;

/**
 * Says what Java makes of many inputs, in one run: java Props.java QUESTIONS ANSWERS. A question is a kind and bytes with
 * their length before them. Strings are chars, with their number before them.
 */
class Props {
    public static void main(String[] args) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(new FileInputStream(args[0])));
                DataOutputStream out = new DataOutputStream(new BufferedOutputStream(new FileOutputStream(args[1])))) {
            for (int kind = in.read(); kind >= 0; kind = in.read()) {
                byte[] question = new byte[in.readInt()];
                in.readFully(question);
                if (kind == 'p') {
                    properties(question, out);
                } else {
                    number(new String(question, "UTF-16BE"), out);
                }
            }
        }
    }

    /** Answers -1 for an IllegalArgumentException, else the number of keys, keys and values, and what store() makes of them. */
    static void properties(byte[] text, DataOutputStream out) throws IOException {
        Properties p = new Properties();
        try {
            p.load(new ByteArrayInputStream(text));
        } catch (IllegalArgumentException e) {
            out.writeInt(-1);
            return;
        }
        out.writeInt(p.size());
        for (String key : p.stringPropertyNames()) {
            string(key, out);
            string(p.getProperty(key), out);
        }
        ByteArrayOutputStream stored = new ByteArrayOutputStream();
        p.store(stored, null);
        out.writeInt(stored.size());
        stored.writeTo(out);
    }

    static void string(String s, DataOutputStream out) throws IOException {
        out.writeInt(s.length());
        out.writeChars(s);
    }

    /** Answers whether Integer.parseInt takes it, what it is then, what Boolean.parseBoolean says, and the same of Double.parseDouble; as in MixAll. */
    static void number(String s, DataOutputStream out) throws IOException {
        int n = 0;
        boolean ok = true;
        try {
            n = Integer.parseInt(s);
        } catch (NumberFormatException e) {
            ok = false;
        }
        out.writeBoolean(ok);
        out.writeInt(n);
        out.writeBoolean(Boolean.parseBoolean(s));
        double d = 0;
        try {
            d = Double.parseDouble(s);
            ok = true;
        } catch (NumberFormatException e) {
            ok = false;
        }
        out.writeBoolean(ok);
        out.writeDouble(d);
    }
}
