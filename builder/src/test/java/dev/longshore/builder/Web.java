package dev.longshore.builder;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A web server on loopback: pages, redirects, and git repositories as plain files.
public final class Web implements AutoCloseable {

    final List<String> asked = new CopyOnWriteArrayList<>();
    private final Map<String, Page> pages = new ConcurrentHashMap<>();
    private final HttpServer server;
    private volatile Path files;
    private final Path root;

    public Web(Path files) throws IOException {
        this.root = files;
        clear();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    record Page(int status, byte[] content, Map<String, String> headers) {}

    /// Nothing there, nothing asked.
    public void clear() throws IOException {
        pages.clear();
        asked.clear();
        files = Files.createTempDirectory(root, "files");
    }

    /// What lies here is served.
    Path files() {
        return files;
    }

    public String at(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    void put(String path, String content, String... headers) {
        put(path, content.getBytes(StandardCharsets.UTF_8), headers);
    }

    public void put(String path, byte[] content, String... headers) {
        var all = new ConcurrentHashMap<String, String>();
        for (int i = 0; i < headers.length; i += 2) {
            all.put(headers[i], headers[i + 1]);
        }
        pages.put(path, new Page(200, content, all));
    }

    void redirect(String path, String target) {
        pages.put(path, new Page(302, new byte[0], Map.of("Location", target)));
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            asked.add(path);
            Page page = pages.get(path);
            Path file = files.resolve(path.substring(1));
            if (page == null && Files.isRegularFile(file)) {
                page = new Page(200, Files.readAllBytes(file), Map.of());
            }
            if (page == null) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            page.headers().forEach(exchange.getResponseHeaders()::set);
            boolean isKnown = page.headers().containsKey("ETag")
                    && page.headers()
                            .get("ETag")
                            .equals(exchange.getRequestHeaders().getFirst("If-None-Match"));
            if (isKnown) {
                exchange.sendResponseHeaders(304, -1);
                return;
            }
            exchange.sendResponseHeaders(page.status(), page.content().length == 0 ? -1 : page.content().length);
            exchange.getResponseBody().write(page.content());
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
