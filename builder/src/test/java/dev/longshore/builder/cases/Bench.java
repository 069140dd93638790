package dev.longshore.builder.cases;

import dev.longshore.base.Json;
import dev.longshore.builder.BuildRequest;
import dev.longshore.builder.FileTrees;
import dev.longshore.builder.Web;
import dev.longshore.builder.Workshop;
import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.progress.ClassicOutput;
import dev.longshore.images.Image;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Builds cases with our builder, one after the other.
final class Bench {

    static final String BASE = "longshore.local/busybox";

    private final Workshop shop;
    private final Web web;
    private final Made base;

    Bench(Workshop shop, Web web) throws Exception {
        this.shop = shop;
        this.web = web;
        this.base = look(BASE);
    }

    /// What came of a build.
    sealed interface Outcome {
        String log();

        /// An image.
        record Built(Made made, String log) implements Outcome {}

        /// None.
        record Refused(String error, String log) implements Outcome {}
    }

    /// The image that most cases begin with.
    Made base() {
        return base;
    }

    /// Builds one case from nothing but a store.
    Outcome build(Case one) throws Exception {
        shop.clear();
        CaseContext.lay(one, shop.context, web, "");
        Path dockerfile = shop.context.resolve("Dockerfile");
        String text = Files.readString(dockerfile);
        for (Map.Entry<String, String> earlier : one.before().entrySet()) {
            Files.writeString(dockerfile, earlier.getValue());
            build(BuildRequest.tagged(earlier.getKey()));
        }
        Files.writeString(dockerfile, text);
        shop.said.setLength(0);
        try {
            build(BuildRequest.tagged("case").with(one.order().wishes()));
            return new Outcome.Built(look("case"), shop.said.toString());
        } catch (DockerfileException refused) {
            return new Outcome.Refused(refused.getMessage(), shop.said.toString());
        }
    }

    private void build(BuildRequest request) throws Exception {
        shop.builder().build(request, shop.context, new ClassicOutput(shop.said::append));
    }

    private Made look(String name) throws Exception {
        Image image = shop.images.images().get(name);
        return Made.of(FileTrees.of(shop.tree(name)), Json.parse(image.config().bytes()));
    }
}
