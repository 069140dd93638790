package dev.longshore.builder.context;

import dev.longshore.base.Time;
import dev.longshore.builder.stage.Contents;
import dev.longshore.builder.stage.ContextText;
import dev.longshore.builder.stage.IgnoreFile;
import dev.longshore.builder.stage.SourceTree;
import dev.longshore.images.FileMirror;
import dev.longshore.images.Layers;
import dev.longshore.images.MergedTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Reads contexts that lie on this machine. Stateless.
public final class DirectoryContext {

    private static final String IGNORED = ".dockerignore";

    private final Layers layers;
    private final Contents contents;
    private final Time time;

    /// @param contents of files that nothing is known of
    public DirectoryContext(Layers layers, Contents contents, Time time) {
        this.layers = layers;
        this.contents = contents;
        this.time = time;
    }

    /// Brings `mirror` to what `local` holds, without what its `.dockerignore` leaves out, but always with the files
    /// that say how to build.
    ///
    /// @throws IllegalArgumentException with the reason, when `.dockerignore` is wrong
    public void read(LocalDirectory local, FileMirror mirror) throws IOException, InterruptedException {
        MergedTree files = layers.merged(List.of(local.path()));
        IgnoreFile ignored = IgnoreFile.parse(ignoring(local, files));
        mirror.begin();
        reading(local, files, ignored, mirror).all();
        var rest = reading(local, files, IgnoreFile.NONE, mirror);
        for (String name : List.of(local.dockerfile(), local.dockerfile() + IGNORED, IGNORED)) {
            rest.one(name);
        }
        for (var file : local.files().entrySet()) {
            rest.add(file.getKey(), file.getValue());
        }
        mirror.finish();
    }

    private DirectoryReading reading(LocalDirectory local, MergedTree files, IgnoreFile ignored, FileMirror mirror) {
        return new DirectoryReading(new SourceTree(files, List.of(local.path()), ignored, contents), mirror, time);
    }

    private static String ignoring(LocalDirectory local, MergedTree files) throws IOException {
        for (String name : List.of(local.dockerfile() + IGNORED, IGNORED)) {
            byte[] given = local.files().get(name);
            if (given != null) {
                return new String(given, StandardCharsets.UTF_8);
            }
            Optional<String> text = ContextText.read(files, name);
            if (text.isPresent()) {
                return text.get();
            }
        }
        return "";
    }
}
