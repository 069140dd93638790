package dev.longshore.server;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// Ports of this machine for servers that a test starts, and starts again.
final class FreePort {

    private static final int ATTEMPTS = 100;
    private static final int FIRST = 20_000;
    private static final int END = 30_000;

    private FreePort() {}

    /// One on which nobody listens. It is none of those that the kernel gives to whoever asks for any, which could
    /// take it before it is used, or while its server is down.
    static int any() throws IOException {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IOException("no free port found");
    }

    private static boolean isFree(int port) throws IOException {
        try (var probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return probe.isBound();
        } catch (BindException taken) {
            return false;
        }
    }
}
