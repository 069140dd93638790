package dev.longshore.network.dns;

import dev.longshore.base.Time;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.Optional;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/// The node's name server, a small process of its own: it goes on answering while the server is stopped, killed
/// or upgraded, from the last records on disk.
public final class NameServer implements AutoCloseable {

    private static final int BIND_ATTEMPTS = 50;
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(100);

    private final DnsFiles files;
    private final DnsListener listener;
    private final WatchService watch;
    private volatile Optional<Zone> zone = Optional.empty();
    private volatile EngineZone engine = EngineZone.EMPTY;

    private NameServer(DnsFiles files, DnsSettings settings, Time time) throws IOException, InterruptedException {
        this.files = files;
        this.watch = files.directory().getFileSystem().newWatchService();
        files.directory().register(watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
        load();
        DnsChain chain = chain(settings, time);
        chain.answer(
                Record.newRecord(Names.of("kubernetes.default.svc." + settings.domain() + "."), Type.A, DClass.IN),
                "127.0.0.1");
        this.listener = listen(new InetSocketAddress(settings.address(), settings.port()), chain, time);
        Thread.ofPlatform().daemon().name("dns-records").start(this::follow);
    }

    /// Runs until it is killed.
    ///
    /// @param arguments the cluster's id (only so that the process can be told by its command line), the
    /// directory of [DnsFiles], and a word that tells this way of starting it from others
    public static void main(String[] arguments) throws IOException, InterruptedException {
        var files = new DnsFiles(Path.of(arguments[1]));
        start(files, Time.system());
        ProcessIdentity.self(arguments[2]).write(files.process());
    }

    /// Begins to answer as the files in `files` say.
    static NameServer start(DnsFiles files, Time time) throws IOException, InterruptedException {
        return new NameServer(files, DnsSettings.parse(Files.readString(files.settings())), time);
    }

    /// Where it answers.
    InetSocketAddress address() {
        return listener.address();
    }

    private DnsChain chain(DnsSettings settings, Time time) {
        Name domain = Names.of(settings.domain() + ".");
        return DnsChain.standard(
                new EngineLink(() -> engine),
                new PodLink(domain, () -> zone),
                new ServiceLink(domain, () -> zone),
                new ReverseLink(settings.ranges(), () -> zone),
                new CacheLink(time),
                new ForwardLink(new HostResolvers(settings.resolvConf(), settings.address()), new Wire()));
    }

    /// The address may still be on its way to the bridge.
    private static DnsListener listen(InetSocketAddress address, DnsChain chain, Time time)
            throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return DnsListener.open(address, chain);
            } catch (BindException notYet) {
                if (attempt == BIND_ATTEMPTS) {
                    throw notYet;
                }
                time.sleep(BETWEEN_ATTEMPTS);
            }
        }
    }

    private void follow() {
        try {
            while (true) {
                var key = watch.take();
                boolean concernsRecords = key.pollEvents().stream()
                        .anyMatch(event -> event.kind() == StandardWatchEventKinds.OVERFLOW
                                || files.records().getFileName().equals(event.context())
                                || files.engine().getFileName().equals(event.context()));
                key.reset();
                if (concernsRecords) {
                    load();
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (ClosedWatchServiceException closed) {
            // close() was called.
            return;
        }
    }

    private void load() {
        try {
            if (Files.exists(files.records())) {
                zone = Optional.of(Zone.parse(Files.readAllLines(files.records())));
            }
            if (Files.exists(files.engine())) {
                engine = EngineZone.parse(Files.readAllLines(files.engine()));
            }
        } catch (IOException unreadable) {
            System.err.println("longshore name server: cannot read " + files.directory() + ": " + unreadable);
        }
    }

    @Override
    public void close() throws IOException {
        watch.close();
        listener.close();
    }
}
