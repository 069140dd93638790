package dev.longshore.kubelet.probes;

import io.fabric8.kubernetes.api.model.HTTPHeader;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// One GET on a connection of its own, which the answer ends. Written on sockets because a probe needs what
/// general clients refuse: any Host header, a certificate that nobody vouches for, and a say in each redirect.
final class HttpExchange {

    private static final int KEPT_BODY = 10 * 1024;
    private static final int LONGEST_LINE = 8 * 1024;
    private static final int MOST_LINES = 200;

    private HttpExchange() {}

    /// Where to ask.
    ///
    /// @param path with the query, beginning with a slash
    record Place(boolean isTls, String host, int port, String path) {

        /// `HOST:PORT`.
        String authority() {
            return bracketed(host) + ":" + port;
        }

        /// The same place as a URL.
        String url() {
            return (isTls ? "https" : "http") + "://" + authority() + path;
        }

        /// Where `location`, which may be relative, leads from here; empty if to nowhere that can be asked.
        Optional<Place> follow(String location) {
            try {
                URI to = URI.create(url()).resolve(location);
                boolean tls = "https".equalsIgnoreCase(to.getScheme());
                if (to.getHost() == null || !tls && !"http".equalsIgnoreCase(to.getScheme())) {
                    return Optional.empty();
                }
                String query = to.getRawQuery() == null ? "" : "?" + to.getRawQuery();
                String way = to.getRawPath() == null || to.getRawPath().isEmpty() ? "/" : to.getRawPath();
                int port = to.getPort() > 0 ? to.getPort() : tls ? 443 : 80;
                return Optional.of(new Place(tls, to.getHost().replaceAll("[\\[\\]]", ""), port, way + query));
            } catch (IllegalArgumentException malformed) {
                return Optional.empty();
            }
        }

        private static String bracketed(String host) {
            return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        }
    }

    /// What came back.
    record Answer(int status, Optional<String> location, String body) {}

    /// Asks over `socket`, which is not connected yet and which whoever limits the time may close meanwhile.
    static Answer get(Socket socket, Place place, List<HTTPHeader> headers, String agent, int millis)
            throws IOException {
        socket.connect(new InetSocketAddress(place.host(), place.port()), millis);
        socket.setSoTimeout(Math.max(1, millis));
        if (!place.isTls()) {
            return exchange(socket, place, headers, agent);
        }
        try (Socket tls = trusting(socket, place)) {
            return exchange(tls, place, headers, agent);
        }
    }

    private static Answer exchange(Socket socket, Place place, List<HTTPHeader> headers, String agent)
            throws IOException {
        socket.getOutputStream().write(head(place, headers, agent).getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
        var in = new BufferedInputStream(socket.getInputStream());
        int status = status(line(in));
        Optional<String> location = Optional.empty();
        int lines = 0;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            if (++lines > MOST_LINES) {
                throw new IOException("header too long");
            }
            if (line.regionMatches(true, 0, "location:", 0, 9)) {
                location = Optional.of(line.substring(9).strip());
            }
        }
        return new Answer(status, location, body(in));
    }

    private static String head(Place place, List<HTTPHeader> headers, String agent) {
        var head = new StringBuilder("GET ").append(place.path()).append(" HTTP/1.1\r\n");
        if (has(headers, "Host").isEmpty()) {
            head.append("Host: ").append(place.authority()).append("\r\n");
        }
        if (has(headers, "User-Agent").isEmpty()) {
            head.append("User-Agent: ").append(agent).append("\r\n");
        }
        if (has(headers, "Accept").isEmpty()) {
            head.append("Accept: */*\r\n");
        }
        for (HTTPHeader header : headers) {
            String value = header.getValue() == null ? "" : header.getValue();
            // Who gives an empty one of these wants to have none.
            boolean isTakenOut = value.isEmpty()
                    && (header.getName().equalsIgnoreCase("Accept")
                            || header.getName().equalsIgnoreCase("User-Agent"));
            if (!isTakenOut) {
                head.append(header.getName()).append(": ").append(value).append("\r\n");
            }
        }
        return head.append("Connection: close\r\n\r\n").toString();
    }

    private static Optional<HTTPHeader> has(List<HTTPHeader> headers, String name) {
        return headers.stream()
                .filter(header -> header.getName().equalsIgnoreCase(name))
                .findFirst();
    }

    private static int status(String line) throws IOException {
        String[] parts = line.split(" ", -1);
        if (!line.startsWith("HTTP/") || parts.length < 2) {
            throw new IOException("malformed HTTP response");
        }
        try {
            return Integer.parseInt(parts[1]);
        } catch (NumberFormatException malformed) {
            throw new IOException("malformed HTTP status code", malformed);
        }
    }

    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("EOF");
            }
            if (line.size() >= LONGEST_LINE) {
                throw new IOException("header too long");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private static String body(InputStream in) {
        try {
            return new String(in.readNBytes(KEPT_BODY), StandardCharsets.UTF_8);
        } catch (IOException cutShort) {
            // The status has been read; what follows is only for people.
            return "";
        }
    }

    private static SSLSocket trusting(Socket plain, Place place) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustsAll()}, null);
            return (SSLSocket) context.getSocketFactory().createSocket(plain, place.host(), place.port(), false);
        } catch (GeneralSecurityException noTls) {
            throw new IOException(noTls.getMessage(), noTls);
        }
    }

    /// Probes ask whether it answers, not who it is (as the API documents).
    private static final class TrustsAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
