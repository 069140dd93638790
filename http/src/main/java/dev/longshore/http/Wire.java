package dev.longshore.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/// A connection as bytes both ways, whatever carries it. One thread may read while another writes.
interface Wire extends AutoCloseable {

    InputStream in() throws IOException;

    OutputStream out() throws IOException;

    /// Tells the peer that we send no more.
    void shutdownOutput() throws IOException;

    /// How long a read may wait; zero is for ever. Unix sockets know no limit.
    void readLimit(Duration limit) throws IOException;

    /// Ends it at once, also for threads that read or write.
    @Override
    void close();

    /// A TCP or TLS socket; `carrier` is what lies below, so that closing never waits for a TLS goodbye.
    static Wire of(Socket socket, Socket carrier) {
        return new Wire() {
            @Override
            public InputStream in() throws IOException {
                return socket.getInputStream();
            }

            @Override
            public OutputStream out() throws IOException {
                return socket.getOutputStream();
            }

            @Override
            public void shutdownOutput() throws IOException {
                socket.shutdownOutput();
            }

            @Override
            public void readLimit(Duration limit) throws IOException {
                socket.setSoTimeout((int) limit.toMillis());
            }

            @Override
            public void close() {
                Quietly.close(carrier);
            }
        };
    }

    /// A unix socket.
    static Wire of(SocketChannel channel) {
        InputStream in = Channels.newInputStream(channel);
        OutputStream out = Channels.newOutputStream(channel);
        return new Wire() {
            @Override
            public InputStream in() {
                return in;
            }

            @Override
            public OutputStream out() {
                return out;
            }

            @Override
            public void shutdownOutput() throws IOException {
                channel.shutdownOutput();
            }

            @Override
            public void readLimit(Duration limit) {}

            @Override
            public void close() {
                Quietly.close(channel);
            }
        };
    }
}
