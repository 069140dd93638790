package dev.longshore.images;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/// The images of this machine: names that point to manifests, which point to content. Thread-safe.
///
/// A name under one of our own registry's addresses (`127.0.0.1:5000/hello:1`) means the same as the name
/// without it (`hello:1`), for that registry serves this very store.
public final class ImageStore {

    private static final Pattern HEX = Pattern.compile("[0-9a-f]{4,64}");

    private final ContentStore content;
    private final Catalog catalog;
    private final Holds holds;
    private final Platform platform;
    private final ImageReader reader;
    private final ImageSizes sizes;
    private final Time time;
    private final Set<String> ownRegistries = new CopyOnWriteArraySet<>();
    private volatile Known known = new Known(new Catalog.State(Map.of(), Map.of(), Map.of(), Map.of()), Map.of());

    ImageStore(ContentStore content, Catalog catalog, Holds holds, Platform platform, ImageSizes sizes, Time time) {
        this.content = content;
        this.catalog = catalog;
        this.holds = holds;
        this.platform = platform;
        this.sizes = sizes;
        this.time = time;
        this.reader = new ImageReader(content, platform);
    }

    /// What was done to make an image go: Docker's `Untagged` and `Deleted`.
    ///
    /// @param layers chain ids of layers that no image has now, topmost first
    public record Removal(List<String> untagged, List<Digest> deleted, List<Digest> layers) {
        public Removal {
            untagged = List.copyOf(untagged);
            deleted = List.copyOf(deleted);
            layers = List.copyOf(layers);
        }
    }

    /// How large images are.
    public ImageSizes sizes() {
        return sizes;
    }

    /// Names under `hostAndPort` mean this store from now on.
    public void serveAs(String hostAndPort) {
        ownRegistries.add(hostAndPort);
    }

    /// True if `reference`'s registry is this very store.
    public boolean isOwn(Reference reference) {
        return ownRegistries.contains(reference.domain());
    }

    /// What `reference` is called in this store: without our own registry's address, with a tag.
    public Reference canonical(Reference reference) {
        if (!isOwn(reference)) {
            return reference.withDefaultTag();
        }
        Reference inner = Reference.parse(reference.path());
        return new Reference(inner.domain(), inner.path(), reference.tag(), reference.digest()).withDefaultTag();
    }

    /// The platform whose images run here.
    public Platform platform() {
        return platform;
    }

    /// Points `name` (with a tag) to a manifest or index, which must be here with all that it needs to run
    /// here.
    ///
    /// @throws ImageFaultException when something of it is absent
    public void tag(Reference name, Digest target) throws IOException {
        Reference full = canonical(name);
        if (full.tag().isEmpty()) {
            throw new ImageFaultException(new ImageFault.InvalidReference(
                    name.familiar(), "refusing to create a tag with a digest reference"));
        }
        Reference plain = new Reference(full.domain(), full.path(), full.tag(), Optional.empty());
        checkComplete(target);
        catalog.change(state -> withoutChildren(state.named(plain, target, time.now()), plain.repository(), target));
    }

    /// Writes config and manifest of an image whose layers are here, bottom first. Nothing names it yet: keep
    /// it by `lease`, then by [#tag] or [#add]. Returns the manifest's digest.
    public Digest assemble(ImageConfig config, List<Descriptor> layers, Leases.Lease lease) throws IOException {
        return assemble(config.bytes(), layers, lease);
    }

    /// The same with a config that may hold more than we know of.
    public Digest assemble(byte[] configBytes, List<Descriptor> layers, Leases.Lease lease) throws IOException {
        lease.keep(Digest.sha256(configBytes));
        Descriptor configuration = content.put(MediaTypes.OCI_CONFIG, configBytes);
        byte[] manifest = new Manifest.Image(MediaTypes.OCI_MANIFEST, configuration, layers, Optional.empty()).bytes();
        lease.keep(Digest.sha256(manifest));
        return content.put(MediaTypes.OCI_MANIFEST, manifest).digest();
    }

    /// The image with manifest or index `target`, named or not; empty when it is not here or does not run here.
    public Optional<Image> byTarget(Digest target) throws IOException {
        return image(catalog.state(), target);
    }

    /// The same as it is for the platform `wanted`; empty when it is not here for that.
    public Optional<Image> byTarget(Digest target, Platform wanted) throws IOException {
        Optional<ImageReader.Loaded> found = reader.read(target, wanted)
                .filter(loaded -> wanted.accepts(loaded.config().platform()));
        return found.isPresent() ? byTarget(target).map(image -> image.with(found.get())) : Optional.empty();
    }

    /// Keeps a manifest or index without a name. `repository`, which may be empty, knows it by its digest.
    public void add(String repository, Digest target) throws IOException {
        checkComplete(target);
        catalog.change(state -> state.known(repository, target));
    }

    /// Takes `name` away; the image stays, and its repository still knows it by its digest. True if it was there.
    public boolean untag(Reference name) throws IOException {
        Reference full = canonical(name);
        boolean[] was = new boolean[1];
        catalog.change(state -> {
            was[0] = state.names().containsKey(full.toString());
            return state.untagged(full);
        });
        return was[0];
    }

    /// What `reference` points to here.
    public Optional<Digest> target(Reference reference) {
        Reference full = canonical(reference);
        if (full.digest().isPresent()) {
            return full.digest().filter(content::has);
        }
        return Optional.ofNullable(catalog.state().names().get(full.toString()));
    }

    /// The image that `text` means: a full id, a name, or the beginning of an id. What no image's id begins with may
    /// be that of its index or manifest.
    public Optional<Image> find(String text) throws IOException {
        Optional<Image> exact = text.startsWith("sha256:") || text.length() == 64 ? byId(text) : Optional.empty();
        if (exact.isPresent()) {
            return exact;
        }
        Optional<Image> named = byName(text);
        return named.isPresent() ? named : byId(text);
    }

    /// As [#find].
    ///
    /// @throws ImageFaultException when there is none
    public Image get(String text) throws IOException {
        return find(text).orElseThrow(() -> new ImageFaultException(new ImageFault.NoSuchImage(text)));
    }

    /// The image that `text` means, for the platform `wanted` rather than for this machine's.
    ///
    /// @throws ImageFaultException when there is none, or none for that platform
    public Image get(String text, Platform wanted) throws IOException {
        Image image = get(text);
        return byTarget(image.target(), wanted)
                .orElseThrow(() -> new ImageFaultException(
                        new ImageFault.NoSuchPlatform(text, image.config().platform(), wanted)));
    }

    /// The image whose own manifest is `manifest`, named or not.
    Optional<Image> byManifest(Digest manifest) throws IOException {
        return image(catalog.state(), manifest);
    }

    /// When the image was last given a name.
    public Optional<Instant> lastTagged(Image image) {
        return Optional.ofNullable(catalog.state().tagged().get(image.target()));
    }

    /// The image that `image` was made from here, if anybody said so and it still is.
    public Optional<Digest> parent(Image image) {
        return Optional.ofNullable(catalog.state().parents().get(image.id()));
    }

    /// Says that the image with config `child` was made here out of the one with config `parent`, which can then not
    /// be deleted before it.
    public void bear(Digest child, Digest parent) throws IOException {
        catalog.change(state -> state.bornOf(child, parent));
    }

    /// The image with config `id`.
    public Optional<Image> byId(Digest id) throws IOException {
        return byId(id.toString());
    }

    /// Every image, each once, with the names of all manifests that mean it.
    public List<Image> list() throws IOException {
        Catalog.State state = catalog.state();
        var images = new ArrayList<>(byId(state).values());
        images.sort(Comparator.comparing((Image image) -> image.names().isEmpty())
                .thenComparing(image ->
                        image.names().isEmpty() ? "" : image.names().getFirst().toString())
                .thenComparing(image -> image.target().toString()));
        return List.copyOf(images);
    }

    /// Tags of a repository, sorted.
    public List<String> tags(String repository) {
        var tags = new TreeSet<String>();
        for (String name : catalog.state().names().keySet()) {
            if (name.startsWith(repository + ":")) {
                tags.add(name.substring(repository.length() + 1));
            }
        }
        return List.copyOf(tags);
    }

    /// Every repository that something here belongs to, sorted.
    public List<String> repositories() {
        var repositories = new TreeSet<String>();
        catalog.state().targets().values().forEach(repositories::addAll);
        return List.copyOf(repositories);
    }

    /// Every manifest and index that is kept for its own sake.
    public Set<Digest> targets() {
        return catalog.state().targets().keySet();
    }

    /// Removes the image or the name that `text` means, as `docker rmi` does: a name goes, and with its last
    /// name the image; an id goes with all its names, if there is one only or `force` is set. Content goes with
    /// the next collection.
    ///
    /// @throws ImageFaultException when there is no such image or somebody uses it
    public Removal remove(String text, boolean force) throws IOException {
        return remove(text, force, true);
    }

    /// The same; `prune` takes parents along that nobody has a name for.
    public Removal remove(String text, boolean force, boolean prune) throws IOException {
        var outcome = new AtomicReference<Removal>();
        changeImages(state -> {
            Map<Digest, Image> images = byId(state);
            Image image = images.get(get(text).id());
            var removal = new ImageRemoval(state, images, targetsById(state), holds);
            boolean isId = isDigest(image.id(), text) || isDigest(image.target(), text);
            if (isId) {
                removal.byId(image, force, prune);
            } else {
                Reference name = canonical(Reference.parse(text));
                Optional<String> tag = name.digest().isPresent() ? Optional.empty() : name.tag();
                removal.byName(image, new Reference(name.domain(), name.path(), tag, name.digest()), force, prune);
            }
            outcome.set(removal.outcome());
            return removal.state();
        });
        return outcome.get();
    }

    private static boolean isDigest(Digest digest, String beginning) {
        return digest.toString().startsWith(beginning) || digest.hex().startsWith(beginning);
    }

    /// Forgets a manifest or index with all its names, whoever uses it: what a registry's DELETE does. What a
    /// container uses stays, without a name.
    public boolean forget(Digest target) throws IOException {
        boolean was = catalog.state().targets().containsKey(target);
        boolean isHeld =
                byTarget(target).flatMap(image -> holds.holderOf(image.id())).isPresent();
        catalog.change(state -> isHeld ? state.without(target).known("", target) : state.without(target));
        reader.forget(target);
        return was;
    }

    /// Takes a manifest or index out of `repository` with its tags there, whoever uses it; other repositories keep
    /// it, and what a container uses stays without a name. True if it was there.
    public boolean forget(String repository, Digest target) throws IOException {
        boolean isHeld =
                byTarget(target).flatMap(image -> holds.holderOf(image.id())).isPresent();
        boolean[] was = new boolean[1];
        catalog.change(state -> {
            was[0] = state.targets()
                    .getOrDefault(target, Collections.emptySortedSet())
                    .contains(repository);
            Catalog.State next = state.without(repository, target);
            return isHeld && was[0] && !next.targets().containsKey(target) ? next.known("", target) : next;
        });
        return was[0];
    }

    /// Every manifest and index that `repository` names or knows by its digest.
    public Set<Digest> targets(String repository) {
        var found = new HashSet<Digest>();
        catalog.state().targets().forEach((target, repositories) -> {
            if (repositories.contains(repository)) {
                found.add(target);
            }
        });
        return found;
    }

    /// Forgets what was read of manifests whose content has gone.
    void forgetGone() {
        reader.forgetGone();
    }

    /// Everything that `roots` reach, themselves included, as far as it is here.
    Set<Digest> reachable(Set<Digest> roots) throws IOException {
        return new Reach(content).from(roots);
    }

    /// The chains of layers that images under `roots` are made of.
    Set<Digest> chains(Set<Digest> roots) throws IOException {
        var chains = new HashSet<Digest>();
        for (Digest root : roots) {
            reader.read(root).ifPresent(image -> chains.addAll(image.config().chainIds()));
        }
        return chains;
    }

    private Optional<Image> byName(String text) throws IOException {
        try {
            Reference reference = canonical(Reference.parse(text));
            Catalog.State state = catalog.state();
            Optional<Digest> target = target(reference);
            boolean isElsewhere = reference.digest().isPresent()
                    && target.isPresent()
                    && state.targets().containsKey(target.get())
                    && !state.targets().get(target.get()).contains(reference.repository());
            if (target.isEmpty() || isElsewhere) {
                return Optional.empty();
            }
            Optional<Image> image = image(state, target.get());
            return image.map(found -> merged(found, byId(state).get(found.id())));
        } catch (ImageFaultException notAName) {
            if (notAName.fault() instanceof ImageFault.InvalidReference) {
                return Optional.empty();
            }
            throw notAName;
        }
    }

    private Optional<Image> byId(String text) throws IOException {
        String hex = text.startsWith("sha256:") ? text.substring("sha256:".length()) : text;
        if (!HEX.matcher(hex).matches()) {
            return Optional.empty();
        }
        List<Image> all = list();
        List<Image> named =
                all.stream().filter(image -> image.id().hex().startsWith(hex)).toList();
        if (named.isEmpty()) {
            named = all.stream()
                    .filter(image -> image.target().hex().startsWith(hex))
                    .toList();
        }
        boolean isAmbiguous = named.stream().map(Image::id).distinct().count() > 1;
        return isAmbiguous ? Optional.empty() : named.stream().findFirst();
    }

    private Optional<Image> image(Catalog.State state, Digest target) throws IOException {
        return image(state, target, state.namesOf(target));
    }

    private Optional<Image> image(Catalog.State state, Digest target, Collection<String> names) throws IOException {
        return reader.read(target)
                .map(found -> new Image(
                        found.manifest().config().digest(),
                        target,
                        found.digest(),
                        found.manifest(),
                        found.config(),
                        names.stream().map(Reference::parse).toList(),
                        state.targets().getOrDefault(target, Collections.emptySortedSet()).stream()
                                .map(repository -> Reference.parse(repository).withDigest(target))
                                .toList(),
                        found.size()));
    }

    /// All images by id, each with the names of all its manifests. Remembered until the catalog changes, unless
    /// something in it may still turn into an image, or another one, when more content comes.
    private Map<Digest, Image> byId(Catalog.State state) {
        Known remembered = known;
        if (remembered.state() == state) {
            return new LinkedHashMap<>(remembered.images());
        }
        try {
            Map<Digest, SortedSet<String>> names = state.namesByTarget();
            var images = new LinkedHashMap<Digest, Image>();
            boolean isSettled = true;
            for (Digest target : state.targets().keySet().stream()
                    .sorted(Comparator.comparing((Digest t) -> !names.containsKey(t))
                            .thenComparing(Digest::toString))
                    .toList()) {
                image(state, target, names.getOrDefault(target, Collections.emptySortedSet()))
                        .ifPresent(image -> images.merge(image.id(), image, ImageStore::merged));
                isSettled &= reader.isSettled(target);
            }
            if (isSettled) {
                known = new Known(state, Collections.unmodifiableMap(new LinkedHashMap<>(images)));
            }
            return images;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private record Known(Catalog.State state, Map<Digest, Image> images) {}

    private Map<Digest, Set<Digest>> targetsById(Catalog.State state) throws IOException {
        var targets = new HashMap<Digest, Set<Digest>>();
        for (Digest target : state.targets().keySet()) {
            image(state, target)
                    .ifPresent(image -> targets.computeIfAbsent(image.id(), id -> new HashSet<>())
                            .add(target));
        }
        return targets;
    }

    private static Image merged(Image first, Image second) {
        if (second == null
                || second.target().equals(first.target()) && second.names().equals(first.names())) {
            return first;
        }
        var names = new LinkedHashSet<>(first.names());
        names.addAll(second.names());
        var digests = new LinkedHashSet<>(first.digests());
        digests.addAll(second.digests());
        return first.named(
                names.stream().sorted(Comparator.comparing(Reference::toString)).toList(), List.copyOf(digests));
    }

    private void changeImages(UnaryStep change) throws IOException {
        try {
            catalog.change(state -> {
                try {
                    return change.apply(state);
                } catch (IOException unreadable) {
                    throw new UncheckedIOException(unreadable);
                }
            });
        } catch (UncheckedIOException unreadable) {
            throw unreadable.getCause();
        }
    }

    private interface UnaryStep {
        Catalog.State apply(Catalog.State state) throws IOException;
    }

    /// An index may come with only the images that somebody wanted; a manifest comes with everything.
    private void checkComplete(Digest target) throws IOException {
        Manifest manifest = Manifest.parse(content.read(target), "");
        if (manifest instanceof Manifest.Image image) {
            for (Descriptor child : image.children()) {
                if (!MediaTypes.isForeign(child.mediaType()) && !content.has(child.digest())) {
                    throw new ImageFaultException(new ImageFault.NoSuchContent(child.digest()));
                }
            }
        }
    }

    /// Images that were pushed one by one, nameless, are part of the index that names them now.
    private Catalog.State withoutChildren(Catalog.State state, String repository, Digest target) {
        try {
            Catalog.State next = state;
            if (Manifest.parse(content.read(target), "") instanceof Manifest.Index index) {
                for (Descriptor child : index.manifests()) {
                    if (state.targets().containsKey(child.digest())
                            && state.namesOf(child.digest()).isEmpty()) {
                        next = next.without(repository, child.digest());
                    }
                }
            }
            return next;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
