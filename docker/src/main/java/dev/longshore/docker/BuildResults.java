package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.builder.BuildResult;
import dev.longshore.builder.Built;
import dev.longshore.builder.PlatformResult;
import dev.longshore.builder.Results;
import dev.longshore.builder.output.Export;
import dev.longshore.builder.output.Output;
import dev.longshore.builder.output.Outputs;
import dev.longshore.http.Query;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Manifest;
import dev.longshore.images.Reference;
import dev.longshore.images.distribution.DistributionClient;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Sends the results of one build to its client, and pushes what shall be pushed.
final class BuildResults implements Results {

    private final LocalImages local;
    private final DistributionClient registries;
    private final RegistryAuth auth;
    private final Outputs outputs;
    private final Messages messages;
    private final boolean isDetailed;

    /// @param query of the build
    BuildResults(
            LocalImages local,
            DistributionClient registries,
            RegistryAuth auth,
            Outputs outputs,
            Messages messages,
            Query query) {
        this.local = local;
        this.registries = registries;
        this.auth = auth;
        this.outputs = outputs;
        this.messages = messages;
        this.isDetailed = isDetailed(query);
    }

    /// True if the client knows our messages, besides Docker's.
    static boolean isDetailed(Query query) {
        return query.first("progress").filter("events"::equals).isPresent();
    }

    @Override
    public void take(Finished finished) throws IOException, InterruptedException {
        var export = new Export(local);
        int number = 0;
        for (Output output : outputs.all()) {
            switch (output) {
                case Output.ToStore stored -> {
                    if (stored.push()) {
                        push(finished.built());
                    }
                }
                case Output.ToArchive archive -> {
                    var out = new SentOutput(messages, String.valueOf(number));
                    export.archive(finished.image(), archive, finished.built().tags(), out);
                    out.finish();
                }
                case Output.ToTree tree -> {
                    var out = new SentOutput(messages, String.valueOf(number));
                    export.tree(files(finished.result()), finished.result().isMultiple(), tree, out);
                    out.finish();
                }
            }
            number++;
        }
        if (isDetailed) {
            messages.aux("longshore.metadata", metadata(finished));
        }
    }

    private List<Export.Files> files(BuildResult result) throws IOException, InterruptedException {
        Instant now = local.time().now().truncatedTo(ChronoUnit.SECONDS);
        var files = new ArrayList<Export.Files>();
        for (PlatformResult each : result.platforms()) {
            files.add(new Export.Files(
                    each.platform(), each.tree(), each.claims(), each.epoch().orElse(now)));
        }
        return files;
    }

    private void push(Built built) throws IOException, InterruptedException {
        for (Reference tag : built.tags()) {
            registries.push(tag, auth.of(tag), RegistryRoutes.told(messages));
        }
    }

    /// As buildx writes it to `--metadata-file`.
    private ObjectNode metadata(Finished finished) throws IOException {
        Built built = finished.built();
        byte[] target = local.content().read(built.target());
        ObjectNode tree = Json.object();
        if (!finished.result().isMultiple()) {
            tree.put("containerimage.config.digest", finished.image().id().toString());
        }
        tree.putObject("containerimage.descriptor")
                .put("mediaType", Manifest.parse(target, "").mediaType())
                .put("digest", built.target().toString())
                .put("size", target.length);
        tree.put("containerimage.digest", built.target().toString());
        if (!built.tags().isEmpty()) {
            tree.put(
                    "image.name",
                    String.join(
                            ",", built.tags().stream().map(Reference::toString).toList()));
        }
        return tree;
    }
}
