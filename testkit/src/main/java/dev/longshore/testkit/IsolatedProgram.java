package dev.longshore.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.stream.Stream;

/// Longshore in a class loader that sees the JDK and the libraries inside this jar, and none of the test's own:
/// so a test may bring any fabric8, Jackson or Netty. Only JDK types cross the border.
final class IsolatedProgram implements AutoCloseable {

    private static final String LIBRARIES = "META-INF/longshore/lib/";
    private static final String ENTRY = "dev.longshore.server.HollowCluster";

    private final URLClassLoader loader;
    private final AutoCloseable cluster;
    private final String kubeconfig;
    private final String server;

    private IsolatedProgram(URLClassLoader loader, AutoCloseable cluster, String kubeconfig, String server) {
        this.loader = loader;
        this.cluster = cluster;
        this.kubeconfig = kubeconfig;
        this.server = server;
    }

    /// Starts it; unpacks the libraries under `scratch`.
    static IsolatedProgram start(int nodes, Path scratch, String runtimeConfig, Duration compaction)
            throws IOException {
        var loader = new URLClassLoader(
                "longshore", libraries(scratch.resolve("lib")), ClassLoader.getPlatformClassLoader());
        Thread current = Thread.currentThread();
        ClassLoader before = current.getContextClassLoader();
        current.setContextClassLoader(loader);
        try {
            Class<?> entry = loader.loadClass(ENTRY);
            var cluster = (AutoCloseable) entry.getConstructor(int.class, Path.class, String.class, Duration.class)
                    .newInstance(nodes, scratch, runtimeConfig, compaction);
            return new IsolatedProgram(
                    loader, cluster, (String) entry.getMethod("kubeconfig").invoke(cluster), (String)
                            entry.getMethod("server").invoke(cluster));
        } catch (InvocationTargetException failed) {
            loader.close();
            throw new IllegalStateException(
                    "the cluster could not be started: " + failed.getCause(), failed.getCause());
        } catch (ReflectiveOperationException broken) {
            loader.close();
            throw new IllegalStateException("this jar is not complete: " + broken, broken);
        } finally {
            current.setContextClassLoader(before);
        }
    }

    String kubeconfig() {
        return kubeconfig;
    }

    String server() {
        return server;
    }

    @Override
    public void close() throws IOException {
        try {
            cluster.close();
        } catch (IOException | RuntimeException failed) {
            throw failed;
        } catch (Exception failed) {
            throw new IOException("the cluster could not be stopped: " + failed.getMessage(), failed);
        } finally {
            loader.close();
        }
    }

    private static URL[] libraries(Path directory) throws IOException {
        URL home = IsolatedProgram.class.getClassLoader().getResource(LIBRARIES);
        if (home == null) {
            throw new IllegalStateException("the testkit's libraries are missing: use the packaged jar (mvn verify)");
        }
        List<Path> jars = home.getProtocol().equals("file")
                ? unpacked(Path.of(URI.create(home.toString())))
                : unpack(home.openConnection(), directory);
        var urls = new ArrayList<URL>();
        for (Path jar : jars) {
            urls.add(jar.toUri().toURL());
        }
        return urls.toArray(URL[]::new);
    }

    private static List<Path> unpacked(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".jar")).toList();
        }
    }

    private static List<Path> unpack(URLConnection connection, Path directory) throws IOException {
        Files.createDirectories(directory);
        var jars = new ArrayList<Path>();
        var archive = ((JarURLConnection) connection).getJarFile();
        for (JarEntry entry : archive.stream().toList()) {
            String name = entry.getName();
            if (name.startsWith(LIBRARIES) && name.endsWith(".jar")) {
                Path jar = directory.resolve(Path.of(name).getFileName());
                try (InputStream content = archive.getInputStream(entry)) {
                    Files.copy(content, jar);
                }
                jars.add(jar);
            }
        }
        return jars;
    }
}
