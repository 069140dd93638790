package dev.longshore.builder.attest;

import dev.longshore.images.ImageFaultException;
import dev.longshore.images.MergedTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The files of an image, as its package databases are looked for. Links lead nowhere outside the image; those that
/// lead round in circles lead to nothing.
record ImageFiles(MergedTree tree) {

    /// The regular file at `path`.
    Optional<Path> file(String path) throws IOException {
        Optional<String> place = resolved(path);
        return place.isEmpty()
                ? Optional.empty()
                : tree.find(place.get()).filter(found -> Files.isRegularFile(found, LinkOption.NOFOLLOW_LINKS));
    }

    /// Paths of what is in the directory at `path`, sorted; none if there is no such directory.
    List<String> list(String path) throws IOException {
        Optional<String> directory = resolved(path);
        return directory.isEmpty()
                ? List.of()
                : tree.list(directory.get()).keySet().stream()
                        .map(name -> path + "/" + name)
                        .toList();
    }

    private Optional<String> resolved(String path) throws IOException {
        try {
            return Optional.of(tree.resolve(path));
        } catch (ImageFaultException circle) {
            return Optional.empty();
        }
    }
}
