package dev.longshore.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// A connection that a client opened: bytes both ways, by blocking. Closing it from another thread ends what
/// blocks.
record Wire(InputStream in, OutputStream out, HalfClose halfClose, Closing closing) {

    static Wire dial(Endpoint endpoint, Duration limit) throws IOException {
        return switch (endpoint) {
            case Endpoint.Tcp tcp -> over(connect(tcp.host(), tcp.port(), limit));
            case Endpoint.Tls tls -> secure(connect(tls.host(), tls.port(), limit), tls, limit);
            case Endpoint.Unix unix -> unix(unix.path());
        };
    }

    void close() {
        try {
            closing.close();
        } catch (IOException alreadyBroken) {
            // Nothing is left to close.
        }
    }

    private static Socket connect(String host, int port, Duration limit) throws IOException {
        var socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            socket.connect(new InetSocketAddress(host, port), millis(limit));
            return socket;
        } catch (IOException | RuntimeException failed) {
            socket.close();
            throw failed;
        }
    }

    private static Wire over(Socket socket) throws IOException {
        return new Wire(
                new BufferedInputStream(socket.getInputStream()),
                socket.getOutputStream(),
                socket::shutdownOutput,
                socket::close);
    }

    private static Wire secure(Socket plain, Endpoint.Tls endpoint, Duration limit) throws IOException {
        try {
            ClientTls tls = endpoint.tls();
            String name = tls.expectedName().orElse(endpoint.host());
            var secure = (SSLSocket) tls.context().getSocketFactory().createSocket(plain, name, endpoint.port(), true);
            SSLParameters parameters = secure.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"http/1.1"});
            if (tls.isNameChecked()) {
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
            }
            if (name.indexOf(':') < 0 && !name.matches("[0-9.]+")) {
                parameters.setServerNames(List.of(new SNIHostName(name)));
            }
            secure.setSSLParameters(parameters);
            plain.setSoTimeout(millis(limit));
            secure.startHandshake();
            plain.setSoTimeout(0);
            // The plain socket goes first: closing the secure one waits for whoever is writing.
            return new Wire(
                    new BufferedInputStream(secure.getInputStream()),
                    secure.getOutputStream(),
                    secure::shutdownOutput,
                    plain::close);
        } catch (IOException | RuntimeException failed) {
            plain.close();
            throw failed;
        }
    }

    private static Wire unix(Path path) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(path));
            return new Wire(
                    new BufferedInputStream(Channels.newInputStream(channel)),
                    Channels.newOutputStream(channel),
                    channel::shutdownOutput,
                    channel::close);
        } catch (IOException | RuntimeException failed) {
            channel.close();
            throw failed;
        }
    }

    private static int millis(Duration limit) {
        return Math.clamp(limit.toMillis(), 1, Integer.MAX_VALUE);
    }

    /// Says that we shall send no more.
    @FunctionalInterface
    interface HalfClose {
        void run() throws IOException;
    }

    /// Ends the connection.
    @FunctionalInterface
    interface Closing {
        void close() throws IOException;
    }
}
