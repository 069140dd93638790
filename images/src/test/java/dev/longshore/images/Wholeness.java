package dev.longshore.images;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/// What must hold of a store at any moment at which somebody opens it.
final class Wholeness {

    private Wholeness() {}

    /// Every blob is what its name says, every image that is listed has all its content and can be unpacked.
    static void check(LocalImages local) throws IOException, InterruptedException {
        for (Digest blob : local.content().list()) {
            assertThat(digest(local, blob)).as("blob").isEqualTo(blob);
        }
        for (Digest target : local.images().targets()) {
            assertThat(local.images().byTarget(target)).as("image %s", target).isPresent();
        }
        for (Image image : local.images().list()) {
            local.layers().directories(image.manifest(), image.config());
        }
        assertThat(local.layout().staging()).isEmptyDirectory();
    }

    private static Digest digest(LocalImages local, Digest blob) throws IOException {
        MessageDigest sum = Digest.hasher(blob.algorithm());
        try (InputStream in = local.content().open(blob)) {
            byte[] buffer = new byte[64 << 10];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                sum.update(buffer, 0, read);
            }
        }
        return Digest.of(blob.algorithm(), sum.digest());
    }
}
