package dev.longshore.builder.attest;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import dev.longshore.builder.stage.Session;
import dev.longshore.builder.stage.Stage;
import dev.longshore.images.Leases;
import dev.longshore.images.LocalImages;
import dev.longshore.images.MergedTree;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
    public record Order(Attestations wanted, String file, String text, Instant started) {}

    /// What a build for one platform came to.
    ///
    /// @param scanned other trees whose packages are listed, by name
    public record Outcome(Session session, Stage result, Map<String, MergedTree> scanned) {
        public Outcome {
            scanned = new TreeMap<>(scanned);
        }
    }

    /// What `order` wants to be said of `outcome`, whose image is `subject`.
    public List<Claim> claims(Order order, Outcome outcome, Subject subject) throws IOException, InterruptedException {
        var claims = new ArrayList<Claim>();
        Session session = outcome.session();
        Occasion occasion = session.epoch().<Occasion>map(Occasion.AnyTime::new).orElseGet(() -> once(order));
        if (order.wanted().sbom()) {
            claims.add(
                    sbom(subject, occasion, Optional.empty(), outcome.result().tree()));
            for (Map.Entry<String, MergedTree> other : outcome.scanned().entrySet()) {
                claims.add(sbom(subject, occasion, Optional.of(other.getKey()), other.getValue()));
            }
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
                .ifPresent(provenance -> claims.add(provenance.claim()));
        return claims;
    }

    private static Claim sbom(Subject subject, Occasion occasion, Optional<String> part, MergedTree tree)
            throws IOException {
        List<InstalledPackage> packages = PackageReader.read(tree);
        return switch (occasion) {
            case Occasion.Once(String id, Instant started, Instant finished) ->
                new Sbom(subject, part, packages, finished, id).claim();
            case Occasion.AnyTime(Instant epoch) -> new Sbom(subject, part, packages, epoch, "").claim();
        };
    }

    /// Puts `all` into an index, which `lease` keeps.
    public Digest index(List<AttestedImage> all, Leases.Lease lease) throws IOException {
        return new ImageIndex(images.content(), lease).write(all);
    }

    private Occasion once(Order order) {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        return new Occasion.Once(HexFormat.of().formatHex(id), order.started(), time.now());
    }
}
