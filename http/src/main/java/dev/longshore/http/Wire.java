package dev.longshore.http;

import dev.longshore.base.Time;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.FilterInputStream;
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
import javax.net.ssl.SSLSocket;

/// A connection that a client opened: bytes both ways, by blocking. Closing it from another thread ends what
/// blocks.
///
/// @param halfClose says that we shall send no more
/// @param silence sets how long a read may wait
record Wire(InputStream in, OutputStream out, Action halfClose, Silence silence, Closeable carrier) {

    /// As much as a TLS record carries.
    private static final int BLOCK = 16 << 10;

    /// Over a plain connection.
    static Wire of(Socket socket) throws IOException {
        return of(socket, new BufferedInputStream(socket.getInputStream()), socket);
    }

    /// Over TLS, which `carrier` carries: that is what is closed, since closing the TLS socket waits for whoever
    /// writes.
    static Wire of(SSLSocket socket, RecordSocket carrier) throws IOException {
        return of(socket, new BufferedInputStream(new Decrypted(socket.getInputStream(), carrier), BLOCK), carrier);
    }

    private static Wire of(Socket socket, InputStream in, Socket carrier) throws IOException {
        return new Wire(
                in,
                socket.getOutputStream(),
                socket::shutdownOutput,
                limit -> socket.setSoTimeout(Math.clamp(limit.toMillis(), 0, Integer.MAX_VALUE)),
                carrier);
    }

    static Socket connect(String host, int port, Duration limit) throws IOException {
        var socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            socket.connect(new InetSocketAddress(host, port), (int) limit.toMillis());
            return socket;
        } catch (IOException refused) {
            socket.close();
            throw new IOException("cannot connect to " + host + ":" + port + ": " + refused.getMessage(), refused);
        }
    }

    static Wire connect(Path socketFile) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socketFile));
        } catch (IOException | RuntimeException refused) {
            channel.close();
            throw refused;
        }
        var in = new Guarded(channel);
        return new Wire(
                new BufferedInputStream(in),
                Channels.newOutputStream(channel),
                channel::shutdownOutput,
                limit -> in.limit = limit,
                channel);
    }

    /// How long a read may wait from now on; zero for as long as it takes.
    void readLimit(Duration limit) throws IOException {
        silence.limit(limit);
    }

    void close() {
        Quietly.close(carrier);
    }

    /// Something on a connection that may fail.
    @FunctionalInterface
    interface Action {
        void run() throws IOException;
    }

    /// Sets the limit of reads.
    @FunctionalInterface
    interface Silence {
        void limit(Duration limit) throws IOException;
    }

    /// Tells also of what has arrived and is not decrypted yet.
    private static final class Decrypted extends FilterInputStream {

        private final RecordSocket carrier;

        Decrypted(InputStream in, RecordSocket carrier) {
            super(in);
            this.carrier = carrier;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return in.read(into, offset, length);
        }

        @Override
        public int available() throws IOException {
            int decrypted = in.available();
            return decrypted == 0 && carrier.input().holdsRecord() ? 1 : decrypted;
        }
    }

    /// Reads of unix sockets know no limit of their own: a timer closes the socket under them.
    private static final class Guarded extends FilterInputStream {

        private final SocketChannel channel;
        private volatile Duration limit = Duration.ZERO;

        Guarded(SocketChannel channel) {
            super(Channels.newInputStream(channel));
            this.channel = channel;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (limit.isZero()) {
                return super.read(into, offset, length);
            }
            Time.Timer timer = Time.system().schedule(limit, () -> Quietly.close(channel));
            try {
                return super.read(into, offset, length);
            } finally {
                timer.cancel();
            }
        }
    }
}
