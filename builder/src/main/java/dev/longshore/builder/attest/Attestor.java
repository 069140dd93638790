package dev.longshore.builder.attest;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import dev.longshore.builder.stage.Session;
import dev.longshore.builder.stage.Stage;
import dev.longshore.images.ContentStore;
import dev.longshore.images.Descriptor;
import dev.longshore.images.Leases;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Manifest;
import dev.longshore.images.Reference;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

/// Makes the attestations of builds. Thread-safe.
public final class Attestor {

    private static final int ID_BYTES = 16;

    private final LocalImages images;
    private final Time time;
    private final RandomGenerator random;

    /// Of images in `images`.
    ///
    /// @param random tells builds apart; thread-safe
    public Attestor(LocalImages images, Time time, RandomGenerator random) {
        this.images = images;
        this.time = time;
        this.random = random;
    }

    /// A build, as far as its attestations speak of it.
    ///
    /// @param file the Dockerfile's path
    /// @param text what it says
    /// @param names of the result
    public record Order(
            Attestations wanted, String file, String text, List<Reference> names, Instant started, Session session) {
        public Order {
            names = List.copyOf(names);
        }
    }

    /// Says what `order` wants of `result`, whose manifest, or an index that has it, is `target`. Returns what the
    /// result's names shall point to: an index, or `target` if nothing is wanted. The session's lease keeps it.
    public Digest attest(Order order, Stage result, Digest target) throws IOException, InterruptedException {
        if (order.wanted().isNone()) {
            return target;
        }
        Session session = order.session();
        var subject = new Subject(
                manifest(images.content(), target, result.id()), result.config().platform(), order.names());
        Occasion occasion = session.epoch().<Occasion>map(Occasion.AnyTime::new).orElseGet(() -> once(order));
        var statements = new ArrayList<Statement>();
        if (order.wanted().sbom()) {
            List<InstalledPackage> packages = PackageReader.read(result.tree());
            statements.add(
                    switch (occasion) {
                        case Occasion.Once(String id, Instant started, Instant finished) ->
                            new Sbom(subject, packages, finished, id).statement();
                        case Occasion.AnyTime(Instant epoch) -> new Sbom(subject, packages, epoch, "").statement();
                    });
        }
        order.wanted()
                .provenance()
                .map(told -> new Provenance(
                        told,
                        order.file(),
                        order.text(),
                        session.wishes(),
                        session.materials(),
                        images.images().platform(),
                        occasion))
                .ifPresent(provenance -> statements.add(provenance.statement(subject)));
        Leases.Lease lease = session.lease();
        return new AttestedImage(images.content(), lease).write(subject, statements);
    }

    private Occasion once(Order order) {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        return new Occasion.Once(HexFormat.of().formatHex(id), order.started(), time.now());
    }

    /// The manifest of the image with config `id`, which `target` is or lists.
    private static Digest manifest(ContentStore content, Digest target, Digest id) throws IOException {
        return switch (Manifest.parse(content.read(target), "")) {
            case Manifest.Image image -> target;
            case Manifest.Index index -> {
                for (Descriptor child : index.manifests()) {
                    if (content.has(child.digest())
                            && Manifest.parse(content.read(child.digest()), "") instanceof Manifest.Image image
                            && image.config().digest().equals(id)) {
                        yield child.digest();
                    }
                }
                throw new IllegalStateException(target + " does not list the image " + id);
            }
        };
    }
}
