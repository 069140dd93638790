package dev.longshore.images.distribution;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.images.Descriptor;
import dev.longshore.images.Image;
import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Leases;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Manifest;
import dev.longshore.images.Platform;
import dev.longshore.images.Reference;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Pulls images from registries into this machine's store, and pushes them. Thread-safe; blocks.
public final class DistributionClient implements AutoCloseable {

    private static final int MOST_PAGES = 10_000;
    private static final int LARGEST_PAGE = 16 << 20;

    private final LocalImages local;
    private final ClientSettings settings;
    private final CredentialSource keyring;
    private final HttpClients clients;
    private final InsecureHosts insecure;
    private final Pauses pauses;
    private final ImagePull pulls;
    private final ImagePush pushes;

    /// Into and out of `local`. Registries in `insecure` (`host:port`) speak plain HTTP, as those on loopback
    /// do.
    public DistributionClient(LocalImages local, Set<String> insecure) {
        this(local, ClientSettings.DEFAULT.withInsecure(insecure), CredentialSource.NONE);
    }

    /// Into and out of `local`, as `settings` say. Who brings no credentials uses those of `keyring`.
    public DistributionClient(LocalImages local, ClientSettings settings, CredentialSource keyring) {
        this.local = local;
        this.settings = settings;
        this.keyring = keyring;
        this.clients = new HttpClients(settings);
        this.insecure = new InsecureHosts(clients, local.time());
        this.pauses = new Pauses(local.time(), settings);
        this.pulls = new ImagePull(local, settings.parallel());
        this.pushes = new ImagePush(local, settings.parallel());
    }

    /// Fetches the image for this platform. What is here already is not fetched again.
    ///
    /// @throws ImageFaultException when it is not to be had
    public Image pull(Reference reference, Credentials credentials, Progress progress)
            throws IOException, InterruptedException {
        return pull(reference, local.images().platform(), credentials, progress);
    }

    /// Fetches the image for `platform`.
    ///
    /// @throws ImageFaultException when it is not to be had, or not for that platform
    public Image pull(Reference reference, Platform platform, Credentials credentials, Progress progress)
            throws IOException, InterruptedException {
        Reference wanted = local.images().canonical(reference);
        if (local.images().isOwn(reference)) {
            Image here = local.images().get(wanted.toString(), platform);
            ImagePull.begin(wanted, progress);
            progress.at("", "Digest: " + here.target());
            return here;
        }
        List<RegistryConnection> sources = sources(wanted, credentials);
        Image pulled = pulls.pull(wanted, platform, sources, oneAtATime(progress));
        sources.forEach(source -> warn(source, progress));
        return pulled;
    }

    /// Fetches a manifest or index as it is, and of an index nothing more; answers what it is. Names nothing: the
    /// caller keeps it by `lease`.
    public Descriptor fetchManifest(Reference reference, Credentials credentials, Leases.Lease lease)
            throws IOException, InterruptedException {
        return pulls.fetchManifest(sources(reference, credentials), reference, lease);
    }

    /// What `reference`, a tag, points to over there; nothing is fetched. Empty when there is no such tag.
    public Optional<Digest> resolve(Reference reference, Credentials credentials)
            throws IOException, InterruptedException {
        return pulls.resolve(sources(reference, credentials), reference);
    }

    /// Fetches a blob of `repository`, which the caller keeps by a lease.
    public void fetchBlob(Reference repository, Descriptor blob, Credentials credentials)
            throws IOException, InterruptedException {
        fetchBlob(repository, blob, credentials, BlobWatcher.NONE);
    }

    /// As without `watcher`, which hears of what comes.
    public void fetchBlob(Reference repository, Descriptor blob, Credentials credentials, BlobWatcher watcher)
            throws IOException, InterruptedException {
        pulls.fetchBlob(sources(repository, credentials), blob, watcher);
    }

    /// The size of a blob of `repository`; empty when it is not there.
    public java.util.OptionalLong blobSize(Reference repository, Digest blob, Credentials credentials)
            throws IOException, InterruptedException {
        RegistryConnection connection = sources(repository, credentials).getLast();
        HttpResponse<InputStream> response = connection.send("HEAD", connection.address("blobs/" + blob), Map.of());
        response.body().close();
        return response.statusCode() == 200
                ? response.headers().firstValueAsLong("Content-Length")
                : java.util.OptionalLong.empty();
    }

    /// The tags of `repository` over there, in the registry's order.
    public List<String> tags(Reference repository, Credentials credentials) throws IOException, InterruptedException {
        RegistryConnection connection = connect(repository, List.of(scope(repository.path(), "pull")), credentials);
        var found = new ArrayList<String>();
        Optional<URI> page = Optional.of(connection.address("tags/list"));
        for (int pages = 0; page.isPresent() && pages < MOST_PAGES; pages++) {
            HttpResponse<InputStream> answer = connection.send("GET", page.get(), Map.of());
            if (answer.statusCode() != 200) {
                throw connection.refused(answer, "tags of " + repository.familiarRepository());
            }
            try (InputStream in = answer.body()) {
                Json.parse(in.readNBytes(LARGEST_PAGE)).path("tags").forEach(tag -> found.add(tag.asString("")));
            }
            page = RegistryAnswers.next(connection, answer);
        }
        return List.copyOf(found);
    }

    /// Sends the image that `reference` names, with all that it needs, to the registry that it names. Returns
    /// its manifest.
    public Descriptor push(Reference reference, Credentials credentials, Progress progress)
            throws IOException, InterruptedException {
        Reference wanted = local.images().canonical(reference);
        Digest target = local.images()
                .target(wanted)
                .orElseThrow(() -> new ImageFaultException(new ImageFault.NoSuchImage(wanted.familiar())));
        return push(reference, target, credentials, progress);
    }

    /// The same, but sends `target` under that name, which need not be what the name means here.
    public Descriptor push(Reference reference, Digest target, Credentials credentials, Progress progress)
            throws IOException, InterruptedException {
        Reference wanted = local.images().canonical(reference);
        byte[] bytes = local.content().read(target);
        Manifest manifest = Manifest.parse(bytes, "");
        Descriptor top = Descriptor.of(manifest.mediaType(), target, bytes.length);
        if (local.images().isOwn(reference)) {
            manifest.children().forEach(child -> progress.at(child.digest().shortHex(), "Layer already exists"));
            progress.at("", wanted.tag().orElse("") + ": digest: " + target + " size: " + bytes.length);
            return top;
        }
        MountSources mounts = MountSources.of(local.images(), wanted, manifest);
        var scopes = new ArrayList<String>();
        scopes.add(scope(wanted.path(), "pull,push"));
        mounts.repositories().forEach(other -> scopes.add(scope(other, "pull")));
        RegistryConnection connection = connect(wanted, scopes, credentials);
        pushes.push(connection, wanted, top, mounts, oneAtATime(progress));
        warn(connection, progress);
        return top;
    }

    /// What refers to the manifest of `subject`'s digest over there (signatures, SBOMs), of kind `artifactType`
    /// unless that is empty.
    public List<Descriptor> referrers(Reference subject, String artifactType, Credentials credentials)
            throws IOException, InterruptedException {
        RegistryConnection connection = connect(subject, List.of(scope(subject.path(), "pull")), credentials);
        var found = new ArrayList<Descriptor>();
        for (var entry : ReferrerTags.list(connection, subject.digest().orElseThrow(), artifactType)) {
            found.add(Descriptor.of(
                    entry.path("mediaType").asString(""),
                    RegistryAnswers.digest(entry.path("digest").asString("")),
                    entry.path("size").asLong(0)));
        }
        return found;
    }

    /// Asks `registry` whether it knows `credentials`.
    ///
    /// @throws ImageFaultException when it does not
    public void check(String registry, Credentials credentials) throws IOException, InterruptedException {
        var probe = new Reference(
                registry.isEmpty() ? Reference.DEFAULT_DOMAIN : registry, "probe", Optional.empty(), Optional.empty());
        RegistryHost host = RegistryHost.of(probe, settings, insecure);
        var connection = new RegistryConnection(clients, host, "", List.of(), credentials, pauses);
        HttpResponse<InputStream> response = connection.send("GET", connection.address(""), Map.of());
        if (response.statusCode() != 200) {
            throw connection.refused(response, "login");
        }
        response.body().close();
    }

    @Override
    public void close() {
        clients.close();
    }

    /// Mirrors first, the registry itself last.
    private List<RegistryConnection> sources(Reference reference, Credentials credentials)
            throws IOException, InterruptedException {
        var sources = new ArrayList<RegistryConnection>();
        List<String> scopes = List.of(scope(reference.path(), "pull"));
        for (URI mirror : settings.mirrors().getOrDefault(reference.domain(), List.of())) {
            RegistryHost host = RegistryHost.mirror(reference, mirror);
            sources.add(new RegistryConnection(
                    clients, host, reference.path(), scopes, keyring.find(mirror.getAuthority()), pauses));
        }
        RegistryHost itself = RegistryHost.of(reference, settings, insecure);
        Credentials own = credentials.isSomebody() ? credentials : keyring.find(reference.domain());
        List<RegistryHost> hosts = new HostDirectory(settings.hosts())
                .places(reference)
                .map(places -> places.stream()
                        .map(place -> HostDirectory.host(place, reference, itself))
                        .toList())
                .orElse(List.of(itself));
        for (RegistryHost host : hosts) {
            Credentials shown =
                    host.namespace().isEmpty() ? own : keyring.find(host.base().getAuthority());
            sources.add(new RegistryConnection(clients, host, reference.path(), scopes, shown, pauses));
        }
        return sources;
    }

    private RegistryConnection connect(Reference reference, List<String> scopes, Credentials credentials)
            throws IOException, InterruptedException {
        RegistryHost host = RegistryHost.of(reference, settings, insecure);
        Credentials shown = credentials.isSomebody() ? credentials : keyring.find(reference.domain());
        return new RegistryConnection(clients, host, reference.path(), scopes, shown, pauses);
    }

    /// What the registry wants people to read.
    private static void warn(RegistryConnection connection, Progress progress) {
        connection.warnings().forEach(text -> progress.at("", "Warning: " + text));
    }

    private static String scope(String repository, String actions) {
        return "repository:" + repository + ":" + actions;
    }

    private static Progress oneAtATime(Progress progress) {
        Object turn = new Object();
        return (id, status, done, total) -> {
            synchronized (turn) {
                progress.at(id, status, done, total);
            }
        };
    }
}
