package dev.longshore.builder.output;

import dev.longshore.builder.attest.Claim;
import dev.longshore.builder.attest.FileClaims;
import dev.longshore.images.Image;
import dev.longshore.images.ImageArchive;
import dev.longshore.images.LocalImages;
import dev.longshore.images.MergedTree;
import dev.longshore.images.Platform;
import dev.longshore.images.Reference;
import dev.longshore.images.TreeArchive;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

    /// The files of the result for one platform.
    ///
    /// @param claims about them, which become files as well
    /// @param made when these were
    public record Files(Platform platform, MergedTree tree, List<Claim> claims, Instant made) {
        public Files {
            claims = List.copyOf(claims);
        }

        private String directory() {
            return platform.toString().replace('/', '_');
        }
    }

    /// Writes the files of `all` to `out`, which stays open.
    ///
    /// @param isMultiple whether the result has the form of one for several platforms
    /// @throws dev.longshore.images.ImageFaultException when two platforms have different files at one place
    public void tree(List<Files> all, boolean isMultiple, Output.ToTree wish, OutputStream out) throws IOException {
        boolean isSplit = wish.isSplit().orElse(isMultiple);
        var parts = new ArrayList<TreeArchive.Part>();
        for (Files files : all) {
            var own = new TreeMap<String, byte[]>();
            for (Map.Entry<String, byte[]> claim :
                    FileClaims.of(files.claims(), files.tree()).entrySet()) {
                boolean isApart = isMultiple && !isSplit;
                own.put(wish.prefix() + (isApart ? named(claim.getKey(), files) : claim.getKey()), claim.getValue());
            }
            parts.add(new TreeArchive.Part(
                    files.platform().toString(), isSplit ? files.directory() : "", files.tree(), own, files.made()));
        }
        images.layers().archive().write(parts, out);
    }

    /// `provenance.linux_arm64.json`.
    private static String named(String file, Files files) {
        int dot = file.lastIndexOf('.');
        return dot < 0
                ? file + "." + files.directory()
                : file.substring(0, dot) + "." + files.directory() + file.substring(dot);
    }
}
