package dev.longshore.builder;

import dev.longshore.base.Digest;
import dev.longshore.builder.attest.AttestedImage;
import dev.longshore.builder.attest.Attestor;
import dev.longshore.builder.attest.Claim;
import dev.longshore.builder.attest.ScanArguments;
import dev.longshore.builder.attest.Subject;
import dev.longshore.builder.graph.PlannedStage;
import dev.longshore.builder.stage.BuildScope;
import dev.longshore.builder.stage.Stage;
import dev.longshore.images.Descriptor;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Manifest;
import dev.longshore.images.MergedTree;
import dev.longshore.images.Platform;
import dev.longshore.images.Reference;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Makes what the platforms of a build came to one result: a manifest, or an index.
final class ResultAssembly {

    private final LocalImages images;
    private final Attestor attestor;
    private final Target target;
    private final List<Reference> names;

    /// @param names of the result
    ResultAssembly(LocalImages images, Attestor attestor, Target target, List<Reference> names) {
        this.images = images;
        this.attestor = attestor;
        this.target = target;
        this.names = List.copyOf(names);
    }

    /// The result of `done`, with what `order` wants to be said of it.
    BuildResult assemble(Attestor.Order order, List<PlatformRuns.Done> done, BuildScope scope)
            throws IOException, InterruptedException {
        var parts = new ArrayList<PlatformResult>();
        var attested = new ArrayList<AttestedImage>();
        Optional<Digest> alone = Optional.empty();
        for (int i = 0; i < done.size(); i++) {
            PlatformRuns.Done run = done.get(i);
            Stage result = run.result();
            Digest assembled = result.assemble(target.isInlining());
            Digest manifest = manifest(assembled, result.id());
            Platform platform = target.isMultiple()
                    ? target.platforms().get(i).orElseThrow()
                    : result.config().platform();
            var subject = new Subject(manifest, platform, names);
            List<Claim> claims = order.wanted().isNone()
                    ? List.of()
                    : attestor.claims(order, new Attestor.Outcome(run.session(), result, scanned(order, run)), subject);
            attested.add(new AttestedImage(subject, claims));
            parts.add(new PlatformResult(platform, result, manifest, run.session(), claims));
            alone = Optional.of(assembled);
        }
        boolean isIndex = target.isMultiple() || !order.wanted().isNone();
        Digest top = isIndex ? attestor.index(attested, scope.lease()) : alone.orElseThrow();
        return new BuildResult(
                parts, top, target.isMultiple(), scope.lease(), scope.cache().steps());
    }

    /// What the Dockerfile wants to be listed besides the result.
    private static Map<String, MergedTree> scanned(Attestor.Order order, PlatformRuns.Done run)
            throws IOException, InterruptedException {
        if (!order.wanted().sbom()) {
            return Map.of();
        }
        var scanned = new TreeMap<String, MergedTree>();
        var arguments =
                new ScanArguments(run.session().plan(), run.session().wishes().arguments());
        for (PlannedStage stage : arguments.stages()) {
            if (run.stages().containsKey(stage.index())) {
                scanned.put(stage.title(), run.stages().get(stage.index()).tree());
            }
        }
        if (arguments.context()) {
            scanned.put("context", run.session().context().merged());
        }
        return scanned;
    }

    /// The manifest of the image with config `id`, which `target` is or lists.
    private Digest manifest(Digest target, Digest id) throws IOException {
        return switch (Manifest.parse(images.content().read(target), "")) {
            case Manifest.Image image -> target;
            case Manifest.Index index -> {
                for (Descriptor child : index.manifests()) {
                    if (images.content().has(child.digest())
                            && Manifest.parse(images.content().read(child.digest()), "") instanceof Manifest.Image image
                            && image.config().digest().equals(id)) {
                        yield child.digest();
                    }
                }
                throw new IllegalStateException(target + " does not list the image " + id);
            }
        };
    }
}
