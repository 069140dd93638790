package dev.longshore.images;

import dev.longshore.base.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A directory for a test, with an image store in it if wanted; gone afterwards.
final class Scratch implements AfterEachCallback {

    private Path root;
    private LocalImages local;

    Path root() throws IOException {
        if (root == null) {
            root = Files.createTempDirectory("images-test");
        }
        return root;
    }

    LocalImages local() throws IOException {
        if (local == null) {
            local = LocalImages.open(root().resolve("store"), "amd64", Time.system());
        }
        return local;
    }

    /// The same directory, as a new process would open it.
    LocalImages reopened() throws IOException {
        local = LocalImages.open(root().resolve("store"), "amd64", Time.system());
        return local;
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        if (root != null) {
            Overlay.deleteTree(root);
        }
    }
}
