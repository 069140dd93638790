package dev.longshore.images;

import dev.longshore.base.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/// Archives for tests, entry by entry.
final class Tar {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8");

    Tar() {
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setAddPaxHeadersForNonAsciiNames(true);
    }

    Tar file(String name, String content) {
        return add(name, TarConstants.LF_NORMAL, "", content, 0644);
    }

    Tar directory(String name) {
        return add(name + "/", TarConstants.LF_DIR, "", "", 0755);
    }

    Tar symlink(String name, String target) {
        return add(name, TarConstants.LF_SYMLINK, target, "", 0777);
    }

    Tar hardLink(String name, String target) {
        return add(name, TarConstants.LF_LINK, target, "", 0644);
    }

    Tar device(String name, int major, int minor) {
        var entry = new TarArchiveEntry(name, TarConstants.LF_CHR, true);
        entry.setDevMajor(major);
        entry.setDevMinor(minor);
        return put(entry, new byte[0]);
    }

    Tar program(String name, String content) {
        return add(name, TarConstants.LF_NORMAL, "", content, 0755);
    }

    byte[] bytes() {
        try {
            tar.finish();
            return bytes.toByteArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /// An image in `local` with these layers, bottom first, under `name`.
    static Image image(LocalImages local, String name, byte[]... layers) throws IOException {
        var descriptors = new java.util.ArrayList<Descriptor>();
        var diffIds = new java.util.ArrayList<Digest>();
        for (byte[] layer : layers) {
            descriptors.add(local.content().put(MediaTypes.OCI_LAYER, layer));
            diffIds.add(Digest.sha256(layer));
        }
        var config =
                new ImageConfig(local.images().platform(), Optional.empty(), "", RunConfig.EMPTY, diffIds, List.of());
        try (var lease = local.content().leases().open()) {
            local.images().tag(Reference.parse(name), local.images().assemble(config, descriptors, lease));
        }
        return local.images().get(name);
    }

    private Tar add(String name, byte type, String link, String content, int mode) {
        var entry = new TarArchiveEntry(name, type, true);
        entry.setMode(mode);
        if (!link.isEmpty()) {
            entry.setLinkName(link);
        }
        byte[] body = content.getBytes(StandardCharsets.UTF_8);
        entry.setSize(body.length);
        return put(entry, body);
    }

    private Tar put(TarArchiveEntry entry, byte[] body) {
        try {
            tar.putArchiveEntry(entry);
            new ByteArrayInputStream(body).transferTo(tar);
            tar.closeArchiveEntry();
            return this;
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
