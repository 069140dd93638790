package dev.longshore.builder;

import dev.longshore.base.Digest;
import dev.longshore.builder.attest.Claim;
import dev.longshore.builder.cache.UsedStep;
import dev.longshore.builder.graph.Plan;
import dev.longshore.builder.stage.Session;
import dev.longshore.builder.stage.SourceTree;
import dev.longshore.builder.stage.Stage;
import dev.longshore.images.Descriptor;
import dev.longshore.images.ImageConfig;
import dev.longshore.images.MergedTree;
import dev.longshore.images.Platform;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a build came to for one of its platforms, while all that it is made of is kept.
public final class PlatformResult {

    private final Platform platform;
    private final Stage stage;
    private final Digest manifest;
    private final Session session;
    private final List<Claim> claims;

    PlatformResult(Platform platform, Stage stage, Digest manifest, Session session, List<Claim> claims) {
        this.platform = platform;
        this.stage = stage;
        this.manifest = manifest;
        this.session = session;
        this.claims = List.copyOf(claims);
    }

    /// What it is for.
    public Platform platform() {
        return platform;
    }

    /// The image's id.
    public Digest id() {
        return stage.id();
    }

    /// The image's own manifest, which is in the content store.
    public Digest manifest() {
        return manifest;
    }

    /// Its configuration.
    public ImageConfig config() {
        return stage.config();
    }

    /// Its layers, bottom first.
    public List<Descriptor> layers() {
        return stage.layers();
    }

    /// Its files.
    public SourceTree files() throws IOException, InterruptedException {
        return stage.files();
    }

    /// The same, to be written out.
    public MergedTree tree() throws IOException, InterruptedException {
        return stage.tree();
    }

    /// What was built.
    public Plan plan() {
        return session.plan();
    }

    /// When it says it was made, if the build says so.
    public Optional<Instant> epoch() {
        return session.epoch();
    }

    /// What is said of it.
    public List<Claim> claims() {
        return claims;
    }

    /// The steps from its base to it.
    public List<UsedStep> steps() {
        return stage.steps();
    }
}
