import java.io.*;
import java.lang.reflect.*;
import java.util.*;
import org.apache.rocketmq.common.MixAll;

/**
 * Says what RocketMQ makes of many raw values, in one run: java -cp 'HOME/lib/*' Verdicts.java QUESTIONS ANSWERS. A question is
 * the names of a configuration class, separated by commas, a key and raw values with their number before them. Strings are
 * chars, with their number before them.
 */
class Verdicts {
    public static void main(String[] args) throws Exception {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(new FileInputStream(args[0])));
                DataOutputStream out = new DataOutputStream(new BufferedOutputStream(new FileOutputStream(args[1])))) {
            for (int n = in.readInt(); n > 0; n--) {
                Fresh object = new Fresh(load(string(in)));
                String key = string(in);
                Field field = field(object.it.getClass(), key);
                for (int values = in.readInt(); values > 0; values--) {
                    verdict(object, key, field, string(in), out);
                }
            }
        }
    }

    static String string(DataInputStream in) throws IOException {
        char[] s = new char[in.readInt()];
        for (int i = 0; i < s.length; i++) {
            s[i] = in.readChar();
        }
        return new String(s);
    }

    static void string(String s, DataOutputStream out) throws IOException {
        out.writeInt(s.length());
        out.writeChars(s);
    }

    /** The first of the classes that there is; its name differs between releases. */
    static Class<?> load(String names) throws ClassNotFoundException {
        for (String name : names.split(",")) {
            try {
                return Class.forName(name);
            } catch (ClassNotFoundException e) {
                // the next one
            }
        }
        throw new ClassNotFoundException(names);
    }

    /** The field behind a key, which may be called isKey; null where there is none. Getters may clamp, fields do not. */
    static Field field(Class<?> c, String key) {
        for (String name : new String[] {key, "is" + key.substring(0, 1).toUpperCase(Locale.ROOT) + key.substring(1)}) {
            for (Class<?> k = c; k != Object.class; k = k.getSuperclass()) {
                try {
                    Field f = k.getDeclaredField(name);
                    f.setAccessible(true);
                    return f;
                } catch (NoSuchFieldException e) {
                    // not here
                }
            }
        }
        return null;
    }

    /** An object that is as good as new each time: to make one takes long, since it looks for the addresses of the machine. */
    static class Fresh {
        final Object it;
        private final Map<Field, Object> defaults = new LinkedHashMap<>();

        Fresh(Class<?> c) throws Exception {
            it = c.getConstructor().newInstance();
            for (Class<?> k = c; k != Object.class; k = k.getSuperclass()) {
                for (Field f : k.getDeclaredFields()) {
                    if ((f.getModifiers() & (Modifier.STATIC | Modifier.FINAL)) == 0) {
                        f.setAccessible(true);
                        defaults.put(f, f.get(it));
                    }
                }
            }
        }

        Object renew() throws Exception {
            for (Map.Entry<Field, Object> e : defaults.entrySet()) {
                e.getKey().set(it, e.getValue());
            }
            return it;
        }
    }

    /**
     * Binds the one value to two fresh objects. The field has its default in the first one and another value in the second:
     * that is how setting the default is told from keeping it. Answers n for no field; k for keeping it; t and the field for
     * taking the value; o, the default and both fields for anything else.
     */
    static void verdict(Fresh object, String key, Field field, String raw, DataOutputStream out) throws Exception {
        if (field == null) {
            out.writeByte('n');
            return;
        }
        Properties one = new Properties();
        one.setProperty(key, raw);
        Object first = object.renew(), before = field.get(first);
        MixAll.properties2Object(one, first);
        String a = String.valueOf(field.get(first));
        Object second = object.renew(), other = other(field.getType(), before);
        field.set(second, other);
        MixAll.properties2Object(one, second);
        String b = String.valueOf(field.get(second));
        if (a.equals(b)) {
            out.writeByte('t');
            string(a, out);
        } else if (a.equals(String.valueOf(before)) && b.equals(String.valueOf(other))) {
            out.writeByte('k');
        } else {
            out.writeByte('o');
            string("default " + before + ": " + a + ", " + other + ": " + b, out);
        }
    }

    /** A value of the type that is neither the given one nor any that is asked about. */
    static Object other(Class<?> type, Object value) {
        if (type.isEnum()) {
            Object[] all = type.getEnumConstants();
            return all[0] == value ? all[1] : all[0];
        }
        switch (type.getSimpleName()) {
            case "int": case "Integer": return 1122334455;
            case "long": case "Long": return 1122334455L;
            case "float": case "Float": return 1122.25f;
            case "double": case "Double": return 1122.25;
            case "boolean": case "Boolean": return !(Boolean) value;
            case "String": return "another value";
            default: throw new IllegalArgumentException("a key of type " + type);
        }
    }
}
