package dev.longshore.images.registry.service;

import dev.longshore.base.Time;
import dev.longshore.http.Handler;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.LocalImages;
import dev.longshore.images.distribution.DistributionClient;
import dev.longshore.images.registry.Metrics;
import dev.longshore.images.registry.RegistryHandler;
import dev.longshore.images.registry.access.Access;
import dev.longshore.images.registry.access.AccessControl;
import dev.longshore.images.registry.access.Htpasswd;
import dev.longshore.images.registry.access.TokenEndpoint;
import dev.longshore.images.registry.access.Tokens;
import dev.longshore.images.registry.bucket.BucketStorage;
import dev.longshore.images.registry.bucket.S3Bucket;
import dev.longshore.images.registry.cache.PullThrough;
import dev.longshore.images.registry.config.RegistryConfig;
import dev.longshore.images.registry.retention.Maintenance;
import dev.longshore.images.registry.retention.Retention;
import dev.longshore.images.registry.storage.LocalStorage;
import dev.longshore.images.registry.storage.RegistryStorage;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/// A registry with all that belongs to it: two faces (one for this machine, one for others), the token endpoint,
/// metrics, and the sweeper. Nothing listens here.
public final class RegistryService implements AutoCloseable {

    private final Handler inside;
    private final Handler outside;
    private final List<Maintenance> maintenance;
    private final Optional<PullThrough> cache;
    private final List<S3Bucket> buckets;

    private RegistryService(
            Handler inside,
            Handler outside,
            List<Maintenance> maintenance,
            Optional<PullThrough> cache,
            List<S3Bucket> buckets) {
        this.inside = inside;
        this.outside = outside;
        this.maintenance = maintenance;
        this.cache = cache;
        this.buckets = buckets;
    }

    /// Over `local`, as `config` says; `client` fetches what upstream registries have.
    ///
    /// @throws IOException when a file that it names cannot be read
    public static RegistryService of(
            RegistryConfig config, LocalImages local, DistributionClient client, SecureRandom randomness)
            throws IOException {
        Time time = local.time();
        var metrics = new Metrics();
        RegistryStorage storage = storage(config, local, client, metrics);
        Gate gate = config.auth().isPresent()
                ? gate(config, config.auth().get(), local, randomness)
                : new Gate(
                        (request, needs) -> new Access.Decision.Denied(needs),
                        request -> Response.text(404, "404 page not found\n"));
        List<S3Bucket> buckets =
                config
                        .bucket()
                        .map(settings -> new S3Bucket(
                                settings, DefaultCredentialsProvider.builder().build()))
                        .stream()
                        .toList();
        RegistryStorage outer = buckets.isEmpty() ? storage : new BucketStorage(buckets.getFirst(), local);
        var guarded = new RegistryHandler(storage, config.limits(), gate.access(), metrics, time);
        RegistryHandler open = guarded.with(Access.OPEN);
        RegistryHandler foreign =
                buckets.isEmpty() ? guarded : new RegistryHandler(outer, config.limits(), gate.access(), metrics, time);
        Handler outside =
                request -> request.path().equals("/token") ? gate.tokens().handle(request) : foreign.handle(request);
        Handler inside = request -> switch (request.path()) {
            case "/metrics" -> metrics(metrics, storage);
            case "/debug/health" -> Response.json(200, "{}".getBytes(StandardCharsets.UTF_8));
            case "/token" -> gate.tokens().handle(request);
            default -> (config.guardsLoopback() ? guarded : open).handle(request);
        };
        var maintenance = new ArrayList<Maintenance>();
        for (RegistryStorage each : Stream.of(storage, outer).distinct().toList()) {
            var retention = new Retention(each, config.retention(), time);
            String what = config.retention().isDryRun() ? "registry_would_sweep_" : "registry_swept_";
            maintenance.add(new Maintenance(retention, config.sweepEvery(), time, swept -> note(metrics, what, swept)));
        }
        Optional<PullThrough> cache = storage instanceof PullThrough through ? Optional.of(through) : Optional.empty();
        return new RegistryService(inside, outside, List.copyOf(maintenance), cache, buckets);
    }

    /// For clients on this machine.
    public Handler inside() {
        return inside;
    }

    /// For all others; without `auth` it refuses everybody.
    public Handler outside() {
        return outside;
    }

    /// Begins to sweep every so often.
    public void start() {
        maintenance.forEach(Maintenance::start);
    }

    @Override
    public void close() {
        maintenance.forEach(Maintenance::close);
        cache.ifPresent(PullThrough::close);
        buckets.forEach(S3Bucket::close);
    }

    private record Gate(Access access, Handler tokens) {}

    private static RegistryStorage storage(
            RegistryConfig config, LocalImages local, DistributionClient client, Metrics metrics) throws IOException {
        if (config.upstreams().isEmpty()) {
            var storage = new LocalStorage(local);
            storage.start();
            return storage;
        }
        var through = new PullThrough(local, client, config.upstreams(), config.fresh(), metrics);
        through.start();
        return through;
    }

    private static Gate gate(
            RegistryConfig config, RegistryConfig.Auth auth, LocalImages local, SecureRandom randomness)
            throws IOException {
        Time time = local.time();
        var users = new Htpasswd(auth.htpasswd(), randomness, time);
        Tokens tokens =
                Tokens.of(local.layout().root().resolve("registry/token.key"), auth.service(), randomness, time);
        Optional<URI> publicUrl = config.listen().flatMap(RegistryConfig.Listen::publicUrl);
        return new Gate(
                new AccessControl(users, auth.rules(), tokens, auth.method(), request -> address(request, publicUrl)),
                new TokenEndpoint(users, auth.rules(), tokens, time));
    }

    /// Where the sender of `request` finds this registry.
    private static String address(Request request, Optional<URI> publicUrl) {
        return publicUrl
                .map(URI::toString)
                .orElseGet(() -> (request.peer().isTls() ? "https://" : "http://")
                        + request.headers()
                                .first("Host")
                                .filter(host -> host.matches("[A-Za-z0-9.:\\[\\]-]+"))
                                .orElse("localhost"));
    }

    private static Response metrics(Metrics metrics, RegistryStorage storage) throws IOException, InterruptedException {
        return new Response.Full(
                200,
                Headers.of("Content-Type", "text/plain; version=0.0.4; charset=utf-8"),
                Gauges.with(metrics, storage));
    }

    private static void note(Metrics metrics, String what, Retention.Swept swept) {
        metrics.add("registry_sweeps_total", 1);
        metrics.add(what + "tags_total", swept.tags());
        metrics.add(what + "manifests_total", swept.manifests());
        metrics.add("registry_freed_blobs_total", swept.freed().blobs());
        metrics.add("registry_freed_bytes_total", swept.freed().bytes());
    }
}
