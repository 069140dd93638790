package dev.longshore.kubelet.probes;

import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.HTTPHeader;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// One GET on a connection of its own, which the answer ends. Written on sockets because a probe needs what
/// general clients refuse: any Host header, a certificate that nobody vouches for, and not to follow a redirect
/// to elsewhere.
final class HttpProbe {

    private static final int SMALLEST_SUCCESS = 200;
    private static final int SMALLEST_FAILURE = 400;
    private static final int KEPT_BODY = 10 * 1024;
    private static final int LONGEST_LINE = 8 * 1024;

    Verdict get(HTTPGetAction spec, Target target, Duration limit) {
        OptionalInt port = target.port(spec.getPort());
        if (port.isEmpty()) {
            return Verdict.failure("couldn't find port: " + spec.getPort().getStrVal());
        }
        String host = isSet(spec.getHost()) ? spec.getHost() : target.address();
        boolean isTls = "HTTPS".equalsIgnoreCase(spec.getScheme());
        String path =
                !isSet(spec.getPath()) ? "/" : spec.getPath().startsWith("/") ? spec.getPath() : "/" + spec.getPath();
        String url = "%s://%s:%d%s".formatted(isTls ? "https" : "http", bracketed(host), port.getAsInt(), path);
        try (var plain = new Socket()) {
            plain.connect(new InetSocketAddress(host, port.getAsInt()), Math.toIntExact(limit.toMillis()));
            plain.setSoTimeout(Math.toIntExact(Math.max(1, limit.toMillis())));
            if (!isTls) {
                return exchange(plain, spec, host, port.getAsInt(), path);
            }
            try (Socket tls = trustingTls(plain, host, port.getAsInt())) {
                return exchange(tls, spec, host, port.getAsInt(), path);
            }
        } catch (IOException failure) {
            return Verdict.failure("Get \"%s\": %s".formatted(url, words(failure)));
        }
    }

    private static Verdict exchange(Socket socket, HTTPGetAction spec, String host, int port, String path)
            throws IOException {
        socket.getOutputStream().write(head(spec, host, port, path).getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
        var in = new BufferedInputStream(socket.getInputStream());
        int status = status(line(in));
        while (!line(in).isEmpty()) {
            // The answer's header fields say nothing about health.
        }
        if (status >= SMALLEST_SUCCESS && status < SMALLEST_FAILURE) {
            return Verdict.success(body(in));
        }
        return Verdict.failure("HTTP probe failed with statuscode: " + status);
    }

    private static String head(HTTPGetAction spec, String host, int port, String path) {
        List<HTTPHeader> headers = spec.getHttpHeaders();
        var head = new StringBuilder("GET ").append(path).append(" HTTP/1.1\r\n");
        if (headers.stream().noneMatch(header -> header.getName().equalsIgnoreCase("Host"))) {
            head.append("Host: ")
                    .append(bracketed(host))
                    .append(':')
                    .append(port)
                    .append("\r\n");
        }
        if (headers.stream().noneMatch(header -> header.getName().equalsIgnoreCase("User-Agent"))) {
            head.append("User-Agent: kube-probe/1.36\r\n");
        }
        if (headers.stream().noneMatch(header -> header.getName().equalsIgnoreCase("Accept"))) {
            head.append("Accept: */*\r\n");
        }
        for (HTTPHeader header : headers) {
            head.append(header.getName())
                    .append(": ")
                    .append(header.getValue() == null ? "" : header.getValue())
                    .append("\r\n");
        }
        return head.append("Connection: close\r\n\r\n").toString();
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
            // The status was good; what follows is only for people.
            return "";
        }
    }

    private static SSLSocket trustingTls(Socket plain, String host, int port) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustsAll()}, null);
            return (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, false);
        } catch (GeneralSecurityException noTls) {
            throw new IOException(noTls.getMessage(), noTls);
        }
    }

    static String words(IOException failure) {
        return switch (failure) {
            case SocketTimeoutException late ->
                "context deadline exceeded (Client.Timeout exceeded while awaiting headers)";
            case ConnectException refused -> "connect: connection refused";
            default -> String.valueOf(failure.getMessage());
        };
    }

    private static String bracketed(String host) {
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }

    private static boolean isSet(String text) {
        return text != null && !text.isEmpty();
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
