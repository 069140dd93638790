package dev.longshore.server;

import dev.longshore.apiserver.RuntimeConfig;
import dev.longshore.base.ClusterId;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.cli.CommandFailure;
import dev.longshore.controllers.AddressRange;
import dev.longshore.linux.HostCommands;
import dev.longshore.server.backup.BackupContents;
import dev.longshore.server.backup.ScheduledBackups;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.server.config.UpOptions;
import dev.longshore.server.pki.CertificateState;
import dev.longshore.store.etcd.EtcdStore;
import java.io.IOException;
import java.net.BindException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `up` in the foreground: prepares the host, starts the platform, says what to type next, and waits until it
/// shall stop. Ctrl-C and `down` stop the applications too and clean the host; SIGTERM leaves them running for
/// the next `up`.
final class ForegroundServer {

    private final UpOptions options;
    private final Progress progress;
    private final Time time = Time.system();
    private final HostCommands commands = new HostCommands();
    private final Interrupts interrupts = new Interrupts();

    ForegroundServer(UpOptions options, Progress progress) {
        this.options = options;
        this.progress = progress;
    }

    int run() throws InterruptedException {
        if (!HostPreparation.isRoot()) {
            throw new CommandFailure("running containers needs root: start it with sudo");
        }
        DirectoryLock lock = DirectoryLock.take(options.directory());
        try (lock) {
            Logging.toDirectory(options.directory().logs());
            interrupts.listen();
            if (options.place().hasNode()) {
                new HostPreparation(commands, progress).prepare(options.mayInstall());
            }
            Optional<EtcdStore> external = options.store()
                    .etcd()
                    .map(etcd -> ExternalStore.open(etcd, new SecureRandom(), interrupts::isRaised, progress, time));
            ClusterRecord cluster = new ClusterSetup(options, external, commands, new SecureRandom()).establish();
            return serve(cluster, external);
        } catch (BindException taken) {
            throw new CommandFailure("a port was taken meanwhile: " + taken.getMessage(), taken);
        } catch (IOException failure) {
            throw new CommandFailure("cannot start: " + failure.getMessage(), failure);
        }
    }

    private int serve(ClusterRecord cluster, Optional<EtcdStore> external) throws IOException, InterruptedException {
        progress.say("Longshore: cluster %s (%s)".formatted(cluster.name(), cluster.id()));
        Instant since = time.now().truncatedTo(ChronoUnit.SECONDS);
        options.admission().warnings().forEach(progress::say);
        HostAddress host = HostAddress.find().called(options.place().nodeName());
        var platform = new Platform(
                options.directory(),
                cluster,
                host,
                commands,
                new ApiSettings(
                                RuntimeConfig.parse(options.runtimeConfig()),
                                options.inflight().seats(),
                                options.admission(),
                                options.eventLife(),
                                options.compaction(),
                                options.metricResolution())
                        .with(options.audit())
                        .with(options.atRest())
                        .with(options.authorization())
                        .with(options.identity()),
                options.etcd(),
                external,
                options.place(),
                options.registry(),
                options.buildCacheBytes(),
                Optional.of(options.balancerRange())
                        .filter(range -> !range.isEmpty())
                        .map(AddressRange::parse),
                options.hollow().scale(),
                options.node(),
                time,
                progress);
        var backups = new BackupRoute(
                platform::store, cluster, new BackupContents(options.directory(), OutsideFiles.of(options)), time);
        Optional<ScheduledBackups> scheduled = options.snapshots()
                .map(plan -> new ScheduledBackups(options.directory().snapshots(), plan, backups::write, time));
        var control = new ControlSocket(
                () -> status(cluster, host, platform, scheduled, since),
                () -> interrupts.raise(Interrupts.Cause.ASKED),
                new BaseImageMaking(platform::images, commands),
                new CertificateRoutes(platform::certificates),
                backups,
                platform::atRest);
        interrupts.onPowerFailure(platform::machineGoesDown);
        try {
            platform.start();
            control.start(options.directory().controlSocket());
            scheduled.ifPresent(backup -> {
                platform.measure(backup::metrics);
                backup.start();
            });
            if (platform.awaitReady(interrupts::isRaised)) {
                tellNext(cluster);
            }
            Interrupts.Cause cause = interrupts.await();
            scheduled.ifPresent(ScheduledBackups::close);
            if (cause == Interrupts.Cause.TERMINATE) {
                progress.say("stopping; the applications go on (`longshore down` stops them)");
                platform.close();
            } else {
                stop(platform, cluster.id(), control);
            }
            return 0;
        } catch (IOException | RuntimeException failed) {
            platform.close();
            throw failed;
        } finally {
            control.close();
        }
    }

    private void stop(Platform platform, ClusterId id, ControlSocket control) throws IOException, InterruptedException {
        Instant begun = time.now();
        tell(control, "stopping the applications");
        platform.stopApplications();
        platform.close();
        if (options.place().hasNode()) {
            new HostCleanup(options.directory(), commands, time).clean(id);
        }
        tell(
                control,
                "stopped in %.1f s; the host is as it was"
                        .formatted(Duration.between(begun, time.now()).toMillis() / 1000.0));
    }

    private void tell(ControlSocket control, String line) {
        progress.say(line);
        control.progress().accept(line);
    }

    private void tellNext(ClusterRecord cluster) {
        var directory = options.directory();
        progress.say("");
        progress.say("  export KUBECONFIG=" + directory.kubeconfig());
        if (options.place().hasNode()) {
            progress.say("  export DOCKER_HOST=unix://" + directory.dockerSocket() + " DOCKER_BUILDKIT=0");
            progress.say("  kubectl get nodes");
            progress.say("  docker build -t hello:1 examples/hello && kubectl apply -f examples/hello/");
            progress.say("");
            progress.say("  API server https://127.0.0.1:%d, registry 127.0.0.1:%d"
                    .formatted(cluster.apiPort(), cluster.registryPort()));
        } else {
            progress.say("  kubectl get nodes");
            progress.say("");
            progress.say("  API server https://127.0.0.1:%d, without a node".formatted(cluster.apiPort()));
        }
        progress.say(DetachedStart.READY);
    }

    private static ArrayNode warnings(Platform platform, Optional<ScheduledBackups> scheduled) {
        ArrayNode warnings = Json.array();
        platform.certificates().stream()
                .flatMap(kept -> kept.keys().endangered().stream())
                .forEach(state -> warnings.add(warning(state)));
        scheduled
                .flatMap(ScheduledBackups::failure)
                .ifPresent(why -> warnings.add("the last snapshot could not be taken, which is tried again: " + why));
        return warnings;
    }

    static String warning(CertificateState state) {
        String remedy = state.isExternal()
                ? "renew it where it was made"
                : "it could not be renewed, see the log; `longshore certs renew " + state.name() + "` tries again";
        return "certificate %s expires at %s: %s".formatted(state.name(), CertificateTable.date(state.end()), remedy);
    }

    private static ObjectNode status(
            ClusterRecord cluster,
            HostAddress host,
            Platform platform,
            Optional<ScheduledBackups> scheduled,
            Instant since) {
        ObjectNode status = Json.object()
                .put("name", cluster.name())
                .put("id", cluster.id().value())
                .put("pid", ProcessHandle.current().pid())
                .put("since", since.toString())
                .put("node", host.name())
                .put("ready", platform.isReady())
                .put("server", "https://127.0.0.1:" + cluster.apiPort())
                .put("registry", "127.0.0.1:" + cluster.registryPort())
                .set("warnings", warnings(platform, scheduled));
        scheduled
                .map(ScheduledBackups::taken)
                .ifPresent(taken -> status.put("snapshots", taken.size())
                        .put(
                                "newestSnapshot",
                                taken.isEmpty() ? "" : taken.getLast().toString()));
        return status;
    }
}
