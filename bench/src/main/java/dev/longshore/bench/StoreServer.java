package dev.longshore.bench;

import dev.longshore.base.Time;
import dev.longshore.http.grpc.GrpcServer;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Quota;
import dev.longshore.store.Stores;
import dev.longshore.store.grpc.EtcdFace;
import dev.longshore.store.grpc.EtcdMember;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/// The embedded store alone, as etcd on a unix socket, until the process is ended.
final class StoreServer {

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);

    private StoreServer() {}

    /// @param arguments the store's directory, and the socket
    public static void main(String[] arguments) throws Exception {
        var member = new EtcdMember(1, 1, "bench", "http://127.0.0.1:2379");
        try (EmbeddedStore store = Stores.embedded(Path.of(arguments[0]), Quota.USUAL, Time.system());
                GrpcServer _ = GrpcServer.listen(Path.of(arguments[1]), EtcdFace.services(store, member))) {
            var end = new CountDownLatch(1);
            Thread owner = Thread.currentThread();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> closed(end, owner)));
            end.await();
        }
    }

    /// Until what is open was closed by the thread that opened it.
    private static void closed(CountDownLatch end, Thread owner) {
        end.countDown();
        try {
            owner.join(CLOSE_LIMIT);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
