import java.io.*;
import java.lang.reflect.*;
import java.net.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import java.util.jar.*;
import java.util.regex.*;
import java.util.spi.ToolProvider;

/**
 * Writes the table of all configuration keys of the releases of RocketMQ: java Keys.java LIB... , each LIB a folder of one
 * release's jars, oldest first, its name the release. A key is what MixAll.properties2Object takes for one: a public setter
 * with one argument of a simple type. See templates.go for the columns.
 */
public class Keys {
    static final Map<String, String> CLASSES = new LinkedHashMap<>();

    static {
        CLASSES.put("BrokerConfig", "org.apache.rocketmq.common.BrokerConfig");
        CLASSES.put("MessageStoreConfig", "org.apache.rocketmq.store.config.MessageStoreConfig");
        CLASSES.put("NettyServerConfig", "org.apache.rocketmq.remoting.netty.NettyServerConfig");
        CLASSES.put("NettyClientConfig", "org.apache.rocketmq.remoting.netty.NettyClientConfig");
        CLASSES.put("AuthConfig", "org.apache.rocketmq.auth.config.AuthConfig");
        CLASSES.put("TieredMessageStoreConfig", "org.apache.rocketmq.tieredstore.MessageStoreConfig,"
            + "org.apache.rocketmq.tieredstore.common.TieredMessageStoreConfig");
        CLASSES.put("NamesrvConfig", "org.apache.rocketmq.common.namesrv.NamesrvConfig");
        CLASSES.put("ControllerConfig", "org.apache.rocketmq.common.ControllerConfig");
        CLASSES.put("JraftConfig", "org.apache.rocketmq.common.JraftConfig");
        CLASSES.put("ProxyConfig", "org.apache.rocketmq.proxy.config.ProxyConfig");
    }

    /** The folder that stands for the user's home in defaults, and what the table shows for it. */
    static final String HOME = "/user-home-of-the-table", SHOWN_HOME = "~";

    /** What the table shows for a default that depends on the machine. */
    static final String VARIES = "*";

    public static void main(String[] args) throws Exception {
        if (System.getProperty("keys.child") != null) {
            printRelease(args[0]);
            return;
        }
        // (class, key) to its attributes in each release; null where the release does not have it.
        TreeMap<String, String[]> all = new TreeMap<>();
        for (int i = 0; i < args.length; i++) {
            // Defaults that differ between a small and a large machine are the machine's.
            Map<String, String[]> small = child(args[i], 2), large = child(args[i], 64);
            for (Map.Entry<String, String[]> e : small.entrySet()) {
                String[] columns = e.getValue();
                if (!columns[1].equals(large.get(e.getKey())[1])) {
                    columns[1] = VARIES;
                }
                all.computeIfAbsent(e.getKey(), k -> new String[args.length])[i] = String.join("\t", columns);
            }
        }
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        for (Map.Entry<String, String[]> e : all.entrySet()) {
            for (int i = 0; i < args.length; i++) {
                String attributes = e.getValue()[i];
                int last = i;
                while (last + 1 < args.length && Objects.equals(attributes, e.getValue()[last + 1])) {
                    last++;
                }
                if (attributes != null) {
                    out.println(e.getKey() + "\t" + release(args[i]) + "\t" + release(args[last]) + "\t" + attributes);
                }
                i = last;
            }
        }
        out.flush();
    }

    static String release(String lib) {
        return Paths.get(lib).getFileName().toString();
    }

    /** Runs this program for one release on a machine of so many processors. */
    static Map<String, String[]> child(String lib, int processors) throws Exception {
        ProcessBuilder b = new ProcessBuilder(Paths.get(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:ActiveProcessorCount=" + processors, "-Dkeys.child=true", "-Duser.home=" + HOME,
            System.getProperty("jdk.launcher.sourcefile", "Keys.java"), lib);
        b.environment().keySet().removeIf(name -> name.startsWith("ROCKETMQ") || name.startsWith("NAMESRV") || name.startsWith("RMQ"));
        b.redirectError(ProcessBuilder.Redirect.INHERIT);
        Process p = b.start();
        Map<String, String[]> rows = new LinkedHashMap<>();
        try (BufferedReader in = new BufferedReader(new InputStreamReader(p.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line; (line = in.readLine()) != null; ) {
                if (line.startsWith("key\t")) { // libraries may print too
                    String[] c = line.split("\t", -1);
                    rows.put(c[1] + "\t" + c[2], new String[] {c[3], c[4], c[5], c[6]});
                }
            }
        }
        if (p.waitFor() != 0) {
            throw new IOException("cannot read the keys of " + lib);
        }
        return rows;
    }

    static void printRelease(String lib) throws Exception {
        List<Path> jars = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Paths.get(lib), "*.jar")) {
            for (Path jar : all)
                if (!jar.getFileName().toString().startsWith("rocketmq-example-")) // no part of a server
                    jars.add(jar);
        }
        Collections.sort(jars);
        URL[] urls = new URL[jars.size()];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = jars.get(i).toUri().toURL();
        }
        URLClassLoader loader = new URLClassLoader(urls, Keys.class.getClassLoader());
        Thread.currentThread().setContextClassLoader(loader);
        Set<String> used = calls(jars);
        String path = String.join(File.pathSeparator, jars.stream().map(Path::toString).toArray(String[]::new));
        for (Map.Entry<String, String> e : CLASSES.entrySet()) {
            Class<?> c = load(loader, e.getValue());
            if (c != null) {
                printClass(e.getKey(), c, used, new Accessors(c, path));
            }
        }
    }

    static Class<?> load(ClassLoader loader, String names) {
        for (String name : names.split(",")) {
            try {
                return Class.forName(name, true, loader);
            } catch (ClassNotFoundException e) {
                // this release does not have it, or not there
            }
        }
        return null;
    }

    static void printClass(String name, Class<?> c, Set<String> used, Accessors accessors) throws Exception {
        Object instance = c.getConstructor().newInstance();
        TreeMap<String, List<Class<?>>> setters = new TreeMap<>();
        for (Method m : c.getMethods()) {
            if (m.getName().startsWith("set") && m.getName().length() > 3 && m.getParameterCount() == 1) {
                setters.computeIfAbsent(key(m.getName().substring(3)), k -> new ArrayList<>()).add(m.getParameterTypes()[0]);
            }
        }
        for (Map.Entry<String, List<Class<?>>> e : setters.entrySet()) {
            String key = e.getKey(), type = type(e.getValue());
            if (type == null) {
                continue;
            }
            Field field = field(c, key);
            String live = field == null ? "-" : field.getName().equals(key) ? "" : field.getName();
            String unread = read(c, key, used, accessors) ? "" : "unread";
            System.out.println(String.join("\t", "key", name, key, type, value(instance, c, key, field), live, unread));
        }
    }

    static String key(String capitalised) {
        return capitalised.substring(0, 1).toLowerCase(Locale.ROOT) + capitalised.substring(1);
    }

    static String capitalise(String key) {
        return key.substring(0, 1).toUpperCase(Locale.ROOT) + key.substring(1);
    }

    /** The type of a key; an enumeration that a String setter sets is the list of its names. Null: nothing can set it. */
    static String type(List<Class<?>> arguments) {
        String simple = null, names = null;
        for (Class<?> a : arguments) {
            if (a.isEnum()) {
                StringJoiner j = new StringJoiner("|");
                for (Object o : a.getEnumConstants()) {
                    j.add(((Enum<?>) o).name());
                }
                names = j.toString();
                continue;
            }
            switch (a.getSimpleName()) {
                case "int": case "Integer": case "long": case "Long": case "double": case "Double":
                case "float": case "Float": case "boolean": case "Boolean": case "String":
                    String t = a.getSimpleName().toLowerCase(Locale.ROOT).replace("integer", "int");
                    simple = simple == null || t.equals("string") ? t : simple;
                    break;
                default:
            }
        }
        return simple != null && simple.equals("string") && names != null ? names : simple;
    }

    static Field field(Class<?> c, String key) {
        for (String name : new String[] {key, "is" + capitalise(key)}) {
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

    static String value(Object instance, Class<?> c, String key, Field field) throws Exception {
        Object v = null;
        if (field != null) {
            v = field.get(instance);
        } else {
            for (String prefix : new String[] {"get", "is"}) {
                try {
                    v = c.getMethod(prefix + capitalise(key)).invoke(instance);
                } catch (NoSuchMethodException e) {
                    // the other one, or none
                }
            }
        }
        String text = v == null ? "" : v.toString();
        if (!text.isEmpty() && machine().contains(text)) {
            return VARIES;
        }
        return text.replace(HOME, SHOWN_HOME).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n");
    }

    /** Values that are this machine's own: its names and addresses. */
    static Set<String> machine() throws Exception {
        Set<String> all = new HashSet<>();
        all.add(InetAddress.getLocalHost().getHostName());
        for (NetworkInterface nic : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            for (InetAddress a : Collections.list(nic.getInetAddresses())) {
                if (!a.isLoopbackAddress()) {
                    all.add(a.getHostAddress());
                }
            }
        }
        return all;
    }

    /** Whether anything asks for the value: another class by its getter, or the class itself by more than its accessors. */
    static boolean read(Class<?> c, String key, Set<String> used, Accessors accessors) {
        for (Class<?> k = c; k != Object.class; k = k.getSuperclass()) {
            for (String prefix : new String[] {"get", "is"}) {
                if (used.contains(k.getName() + "." + prefix + capitalise(key))) {
                    return true;
                }
            }
        }
        return used.contains(key) || accessors.read(key);
    }

    /** Every method that a class refers to in another one, as class.method, and every string constant. */
    static Set<String> calls(List<Path> jars) throws IOException {
        Set<String> all = new HashSet<>();
        for (Path jar : jars) {
            if (!jar.getFileName().toString().startsWith("rocketmq-")) {
                continue;
            }
            try (JarFile j = new JarFile(jar.toFile())) {
                for (JarEntry e : Collections.list(j.entries())) {
                    if (e.getName().endsWith(".class") && e.getName().startsWith("org/apache/rocketmq/")) {
                        references(new DataInputStream(new BufferedInputStream(j.getInputStream(e))), all);
                    }
                }
            }
        }
        return all;
    }

    /** Adds what calls() says of one class file, from its constant pool (JVMS 4.4). */
    static void references(DataInputStream in, Set<String> all) throws IOException {
        in.readInt();
        in.readInt();
        int n = in.readUnsignedShort();
        Object[] pool = new Object[n];
        List<int[]> methods = new ArrayList<>();
        List<Integer> strings = new ArrayList<>();
        for (int i = 1; i < n; i++) {
            switch (in.readUnsignedByte()) {
                case 1: pool[i] = in.readUTF(); break;
                case 3: case 4: in.readInt(); break;
                case 5: case 6: in.readLong(); i++; break;
                case 8: strings.add(in.readUnsignedShort()); break;
                case 7: case 16: case 19: case 20: pool[i] = new int[] {in.readUnsignedShort()}; break;
                case 9: case 17: case 18: in.readInt(); break;
                case 10: case 11: methods.add(new int[] {in.readUnsignedShort(), in.readUnsignedShort()}); break;
                case 12: pool[i] = new int[] {in.readUnsignedShort(), in.readUnsignedShort()}; break;
                case 15: in.readUnsignedByte(); in.readUnsignedShort(); break;
                default: throw new IOException("not a class file");
            }
        }
        in.readUnsignedShort();
        String self = (String) pool[((int[]) pool[in.readUnsignedShort()])[0]];
        for (int[] m : methods) {
            String owner = (String) pool[((int[]) pool[m[0]])[0]];
            if (!owner.equals(self)) {
                all.add(owner.replace('/', '.') + "." + pool[((int[]) pool[m[1]])[0]]);
            }
        }
        for (int s : strings) {
            all.add((String) pool[s]); // a field that reflection reads by its name
        }
    }

    /** What the methods of a configuration class itself do with its fields, from their byte code. */
    static class Accessors {
        private final Set<String> read = new HashSet<>();

        Accessors(Class<?> c, String path) {
            for (Class<?> k = c; k != Object.class; k = k.getSuperclass()) {
                StringWriter text = new StringWriter();
                ToolProvider.findFirst("javap").orElseThrow().run(new PrintWriter(text), new PrintWriter(text),
                    "-c", "-p", "-classpath", path, k.getName());
                look(text.toString());
            }
        }

        private static final Pattern METHOD = Pattern.compile("^  [\\w ].* (\\w+)\\(.*\\).*;$");
        private static final Pattern USE = Pattern.compile("(?:getfield .*// Field (\\w+):|invoke\\w+ .*// Method (?:get|is)(\\w+):\\(\\))");

        private void look(String text) {
            String method = "";
            for (String line : text.split("\n")) {
                Matcher m = METHOD.matcher(line);
                if (m.matches()) {
                    method = m.group(1);
                }
                Matcher u = USE.matcher(line);
                if (u.find()) {
                    String key = u.group(1) != null ? u.group(1) : Keys.key(u.group(2));
                    String own = capitalise(key);
                    if (!List.of("get" + own, "is" + own, key, "toString", "equals", "hashCode").contains(method)) {
                        read.add(key);
                    }
                }
            }
        }

        boolean read(String key) {
            return read.contains(key) || read.contains("is" + capitalise(key));
        }
    }
}
