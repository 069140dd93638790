package dev.longshore.images.distribution;

import dev.longshore.base.Digest;
import dev.longshore.images.ContentStore;
import dev.longshore.images.Descriptor;
import dev.longshore.images.Image;
import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Leases;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Manifest;
import dev.longshore.images.MediaTypes;
import dev.longshore.images.Reference;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Pulls images from registries into this machine's store, and pushes them. Thread-safe; blocks.
public final class DistributionClient implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DistributionClient.class);
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(15);
    private static final String ACCEPT = String.join(
            ", ", MediaTypes.OCI_INDEX, MediaTypes.DOCKER_LIST, MediaTypes.OCI_MANIFEST, MediaTypes.DOCKER_MANIFEST);
    private static final int MOST_ATTEMPTS = 3;

    private final LocalImages local;
    private final Set<String> insecure;
    private final HttpClient http;

    /// Into and out of `local`. Registries in `insecure` (`host:port`) speak plain HTTP, as those on loopback
    /// do.
    public DistributionClient(LocalImages local, Set<String> insecure) {
        this.local = local;
        this.insecure = Set.copyOf(insecure);
        this.http = HttpClient.newBuilder()
                .connectTimeout(CONNECT_LIMIT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("registry-client-", 0).factory()))
                .build();
    }

    /// Fetches the image for this platform. What is here already is not fetched again.
    ///
    /// @throws ImageFaultException when it is not to be had
    public Image pull(Reference reference, Credentials credentials, Progress progress)
            throws IOException, InterruptedException {
        Reference wanted = local.images().canonical(reference);
        if (local.images().isOwn(reference)) {
            Image here = local.images().get(wanted.toString());
            progress.at(wanted.tag().orElse(""), "Pulling from " + wanted.path());
            progress.at("", "Digest: " + here.target());
            return here;
        }
        var connection = connect(wanted, "pull", credentials);
        progress.at(wanted.tag().orElse(""), "Pulling from " + wanted.path());
        try (Leases.Lease lease = local.content().leases().open()) {
            String name = wanted.digest().map(Digest::toString).or(wanted::tag).orElseThrow();
            Descriptor top = fetchManifest(connection, name, wanted.digest(), lease);
            Descriptor chosen = choose(connection, top, lease, wanted);
            fetchImage(connection, chosen, lease, progress);
            if (wanted.digest().isPresent()) {
                local.images().add(wanted.repository(), top.digest());
            } else {
                local.images().tag(wanted, top.digest());
            }
            progress.at("", "Digest: " + top.digest());
            return local.images()
                    .byTarget(top.digest())
                    .orElseThrow(() -> new ImageFaultException(
                            new ImageFault.Malformed(wanted.familiar(), "not an image that can be run")));
        }
    }

    /// Sends the image that `reference` names, with all that it needs, to the registry that it names. Returns
    /// its manifest.
    public Descriptor push(Reference reference, Credentials credentials, Progress progress)
            throws IOException, InterruptedException {
        Reference wanted = local.images().canonical(reference);
        Digest target = local.images()
                .target(wanted)
                .orElseThrow(() -> new ImageFaultException(new ImageFault.NoSuchImage(wanted.familiar())));
        byte[] bytes = local.content().read(target);
        Manifest manifest = Manifest.parse(bytes, "");
        Descriptor top = Descriptor.of(manifest.mediaType(), target, bytes.length);
        if (local.images().isOwn(reference)) {
            manifest.children().forEach(child -> progress.at(child.digest().shortHex(), "Layer already exists"));
            progress.at("", wanted.tag().orElse("") + ": digest: " + target + " size: " + bytes.length);
            return top;
        }
        var connection = connect(wanted, "pull,push", credentials);
        try (Leases.Lease lease = local.content().leases().open()) {
            lease.keep(target);
            pushManifest(connection, top, wanted.tag().orElseGet(target::toString), progress);
        }
        return top;
    }

    /// Asks `registry` whether it knows `credentials`.
    ///
    /// @throws ImageFaultException when it does not
    public void check(String registry, Credentials credentials) throws IOException, InterruptedException {
        var probe = new Reference(
                registry.isEmpty() ? Reference.DEFAULT_DOMAIN : registry, "probe", Optional.empty(), Optional.empty());
        var connection = new RegistryConnection(http, RegistryHost.of(probe, insecure), "", "", credentials);
        HttpResponse<InputStream> response = connection.send("GET", connection.address(""), Map.of());
        if (response.statusCode() != 200) {
            throw connection.refused(response, "login");
        }
        response.body().close();
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    private RegistryConnection connect(Reference reference, String actions, Credentials credentials) {
        return new RegistryConnection(
                http, RegistryHost.of(reference, insecure), reference.path(), actions, credentials);
    }

    private Descriptor choose(RegistryConnection connection, Descriptor top, Leases.Lease lease, Reference wanted)
            throws IOException, InterruptedException {
        Manifest manifest = Manifest.parse(local.content().read(top.digest()), top.mediaType());
        if (!(manifest instanceof Manifest.Index index)) {
            return top;
        }
        Descriptor child = index.select(local.images().platform())
                .orElseThrow(() -> new ImageFaultException(new ImageFault.Registry(
                        connection.name(),
                        404,
                        "no matching manifest for " + local.images().platform() + " in the manifest list entries of "
                                + wanted.familiar())));
        return fetchManifest(connection, child.digest().toString(), Optional.of(child.digest()), lease);
    }

    private Descriptor fetchManifest(
            RegistryConnection connection, String name, Optional<Digest> expected, Leases.Lease lease)
            throws IOException, InterruptedException {
        HttpResponse<InputStream> response =
                connection.send("GET", connection.address("manifests/" + name), Map.of("Accept", ACCEPT));
        if (response.statusCode() != 200) {
            throw connection.refused(response, "manifest " + name);
        }
        byte[] bytes;
        try (InputStream in = response.body()) {
            bytes = in.readNBytes(Manifest.LARGEST + 1);
        }
        String type = response.headers()
                .firstValue("Content-Type")
                .orElse("")
                .split(";", 2)[0]
                .strip();
        Manifest manifest = Manifest.parse(bytes, type);
        Digest actual = Digest.sha256(bytes);
        if (expected.isPresent() && !expected.get().equals(actual)) {
            throw new ImageFaultException(
                    new ImageFault.WrongDigest(expected.get().toString(), actual.toString()));
        }
        lease.keep(actual);
        return local.content().put(manifest.mediaType(), bytes);
    }

    private void fetchImage(RegistryConnection connection, Descriptor manifest, Leases.Lease lease, Progress progress)
            throws IOException, InterruptedException {
        for (Descriptor blob :
                Manifest.parse(local.content().read(manifest.digest()), "").children()) {
            lease.keep(blob.digest());
            if (local.content().has(blob.digest())) {
                progress.at(blob.digest().shortHex(), "Already exists");
            } else {
                fetchBlob(connection, blob, progress);
            }
        }
    }

    private void fetchBlob(RegistryConnection connection, Descriptor blob, Progress progress)
            throws IOException, InterruptedException {
        String id = blob.digest().shortHex();
        for (int attempt = 1; ; attempt++) {
            HttpResponse<InputStream> response =
                    connection.send("GET", connection.address("blobs/" + blob.digest()), Map.of());
            if (response.statusCode() != 200) {
                throw connection.refused(response, "blob " + blob.digest());
            }
            try (InputStream in = new Download(response.body(), blob, progress, local.time())) {
                local.content().write(in, blob);
                progress.at(id, "Pull complete");
                return;
            } catch (IOException brokenOff) {
                if (attempt == MOST_ATTEMPTS || Thread.currentThread().isInterrupted()) {
                    throw new ImageFaultException(
                            new ImageFault.Registry(connection.name(), 0, "blob " + blob.digest() + " broke off"),
                            brokenOff);
                }
                log.debug("{} broke off, trying again: {}", blob.digest(), brokenOff.getMessage());
                progress.at(id, "Retrying");
            }
        }
    }

    private void pushManifest(RegistryConnection connection, Descriptor descriptor, String name, Progress progress)
            throws IOException, InterruptedException {
        byte[] bytes = local.content().read(descriptor.digest());
        Manifest manifest = Manifest.parse(bytes, "");
        for (Descriptor child : manifest.children()) {
            switch (manifest) {
                case Manifest.Index ignored -> {
                    if (local.content().has(child.digest())) {
                        pushManifest(connection, child, child.digest().toString(), progress);
                    }
                }
                case Manifest.Image ignored -> pushBlob(connection, child, progress);
            }
        }
        HttpResponse<InputStream> response = connection.send(
                "PUT",
                connection.address("manifests/" + name),
                Map.of("Content-Type", manifest.mediaType()),
                () -> HttpRequest.BodyPublishers.ofByteArray(bytes));
        if (response.statusCode() != 201) {
            throw connection.refused(response, "manifest " + name);
        }
        response.body().close();
        progress.at("", name + ": digest: " + descriptor.digest() + " size: " + bytes.length);
    }

    private void pushBlob(RegistryConnection connection, Descriptor blob, Progress progress)
            throws IOException, InterruptedException {
        String id = blob.digest().shortHex();
        HttpResponse<InputStream> known =
                connection.send("HEAD", connection.address("blobs/" + blob.digest()), Map.of());
        known.body().close();
        if (known.statusCode() == 200) {
            progress.at(id, "Layer already exists");
            return;
        }
        HttpResponse<InputStream> begun = connection.send("POST", connection.address("blobs/uploads/"), Map.of());
        if (begun.statusCode() != 202) {
            throw connection.refused(begun, "blob " + blob.digest());
        }
        begun.body().close();
        String location = begun.headers().firstValue("Location").orElse("");
        URI upload = connection.address("blobs/uploads/").resolve(location);
        URI whole = URI.create(upload + (upload.getRawQuery() == null ? "?" : "&") + "digest=" + blob.digest());
        ContentStore content = local.content();
        progress.at(id, "Pushing", 0, blob.size());
        HttpResponse<InputStream> done = connection.send(
                "PUT",
                whole,
                Map.of("Content-Type", "application/octet-stream"),
                () -> HttpRequest.BodyPublishers.fromPublisher(
                        HttpRequest.BodyPublishers.ofInputStream(() -> opened(content, blob)), blob.size()));
        if (done.statusCode() != 201) {
            throw connection.refused(done, "blob " + blob.digest());
        }
        done.body().close();
        progress.at(id, "Pushed");
    }

    private static InputStream opened(ContentStore content, Descriptor blob) {
        try {
            return content.open(blob.digest());
        } catch (IOException gone) {
            throw new java.io.UncheckedIOException(gone);
        }
    }
}
