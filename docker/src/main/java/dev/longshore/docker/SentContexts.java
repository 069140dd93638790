package dev.longshore.docker;

import dev.longshore.base.Digest;
import dev.longshore.builder.Builder;
import dev.longshore.builder.graph.NamedContext;
import dev.longshore.builder.graph.NamedContexts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// The contexts that a build's body gives by name: `[{"name":"N","value":"docker-image://…"},
/// {"name":"N","archive":"directory"},{"name":"N","archive":"oci-layout","digest":"sha256:…"}]`. Archives follow, in
/// that order, each as [FramedInput] reads it. What was unpacked is there until this is closed.
final class SentContexts implements AutoCloseable {

    private static final int MOST = 100;

    private final Builder builder;
    private final List<Path> received = new ArrayList<>();
    private NamedContexts all = NamedContexts.NONE;

    SentContexts(Builder builder) {
        this.builder = builder;
    }

    /// Reads what `list` announces out of `in`.
    ///
    /// @throws BuildQuery.BadBuildQueryException when one is none
    void receive(JsonNode list, InputStream in) throws IOException {
        if (list.size() > MOST) {
            throw new BuildQuery.BadBuildQueryException("more than " + MOST + " build contexts");
        }
        for (JsonNode entry : list) {
            String name = entry.path("name").asString("");
            try {
                all = all.with(name, context(name, entry, in));
            } catch (IllegalArgumentException wrong) {
                throw new BuildQuery.BadBuildQueryException(wrong.getMessage());
            }
        }
    }

    private NamedContext context(String name, JsonNode entry, InputStream in) throws IOException {
        String archive = entry.path("archive").asString("");
        return switch (archive) {
            case "" -> NamedContext.parse(name, entry.path("value").asString(""));
            case "directory" -> new NamedContext.OfDirectory(unpacked(in));
            case "oci-layout" -> {
                Digest target = Digest.parse(entry.path("digest").asString(""));
                yield new NamedContext.OfLayout(unpacked(in), target);
            }
            default ->
                throw new IllegalArgumentException("unknown archive \"" + archive + "\" of the build context " + name
                        + ": there are directory and oci-layout");
        };
    }

    private Path unpacked(InputStream in) throws IOException {
        var framed = new FramedInput(in);
        Path directory = builder.receiveFiles(framed);
        received.add(directory);
        framed.finish();
        return directory;
    }

    /// What was received.
    NamedContexts all() {
        return all;
    }

    @Override
    public void close() throws IOException {
        for (Path directory : received) {
            builder.discardFiles(directory);
        }
        received.clear();
    }
}
