package dev.longshore.builder.output;

import dev.longshore.images.Image;
import dev.longshore.images.ImageArchive;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Reference;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.stream.Stream;

/// Writes the result of a build as bytes. Whoever calls it keeps the image meanwhile.
public final class Export {

    private final LocalImages images;

    /// Out of `images`.
    public Export(LocalImages images) {
        this.images = images;
    }

    /// Writes `image` to `out`, which stays open. The same image gives the same bytes.
    ///
    /// @param names of the build
    public void archive(Image image, Output.ToArchive wish, List<Reference> names, OutputStream out)
            throws IOException {
        List<Reference> all =
                Stream.concat(names.stream(), wish.names().stream()).distinct().toList();
        new ImageArchive(images).save(List.of(image.only(all)), !wish.isWhole(), out);
    }

    /// Writes the files of `image` to `out`, which stays open.
    public void tree(Image image, OutputStream out) throws IOException, InterruptedException {
        images.layers()
                .archive()
                .write(images.layers().merged(images.layers().directories(image.manifest(), image.config())), out);
    }
}
