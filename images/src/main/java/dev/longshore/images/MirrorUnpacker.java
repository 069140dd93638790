package dev.longshore.images;

import dev.longshore.images.tar.MalformedTarException;
import dev.longshore.images.tar.TarEntry;
import dev.longshore.images.tar.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// Brings a mirror to what an archive unpacks to in an empty directory. Most archives name each file once, and
/// directories before what is in them: then every member is compared with what is there. From the first member on
/// that is otherwise (a hard link, a name that came before, a way that leads through a link) the rest is unpacked
/// as any archive of strangers is. For one thread, once.
final class MirrorUnpacker {

    private final FileMirror mirror;
    private final LayerUnpacker rest;
    private final LayerUnpacker.Limits limits;
    private long entries;
    private long bytes;

    /// @param rest unpacks into the mirror's directory
    MirrorUnpacker(FileMirror mirror, LayerUnpacker rest, LayerUnpacker.Limits limits) {
        this.mirror = mirror;
        this.rest = rest;
        this.limits = limits;
    }

    /// Takes the plain archive `in`, to its end.
    void unpack(InputStream in) throws IOException {
        mirror.begin();
        boolean isUsual = true;
        try {
            var tar = new TarReader(in);
            for (Optional<TarEntry> next = tar.next(); next.isPresent(); next = tar.next()) {
                isUsual = isUsual && compared(next.get(), tar);
                if (!isUsual) {
                    if (mirror.isExact()) {
                        mirror.yield(rest::expect);
                    }
                    rest.take(next.get(), tar);
                }
            }
        } catch (MalformedTarException garbled) {
            throw new ImageFaultException(new ImageFault.Malformed("layer", garbled.getMessage()), garbled);
        }
        drain(in);
        if (isUsual) {
            mirror.finish();
        } else {
            rest.settleTimes();
        }
    }

    /// False if it is not of the usual kind; nothing is done then.
    private boolean compared(TarEntry entry, TarReader tar) throws IOException {
        if (++entries > limits.entries()) {
            throw EntryNames.malformed(entry.name(), "more than " + limits.entries() + " entries");
        }
        count(entry.name(), entry.size());
        String path = String.join("/", EntryNames.checked(entry.name()));
        boolean isDirectory = entry.type() == TarEntry.Type.DIRECTORY;
        if (path.isEmpty()) {
            if (isDirectory) {
                mirror.put(path, entry, FileMirror.Content.NONE);
            }
            return true;
        }
        Optional<MirrorNode.Looks> earlier = mirror.met(path);
        boolean isFirst = earlier.isEmpty() || isDirectory && earlier.get().isImplied();
        if (entry.type() == TarEntry.Type.HARD_LINK || !isFirst || !mirror.makesWay(path)) {
            return false;
        }
        switch (entry.type()) {
            case FILE -> mirror.put(path, entry, tar::content);
            case DIRECTORY, SYMLINK, FIFO -> mirror.put(path, entry, FileMirror.Content.NONE);
            // No part of a context: nobody makes devices for strangers.
            case CHARACTER_DEVICE, BLOCK_DEVICE, HARD_LINK -> {}
        }
        return true;
    }

    private void drain(InputStream in) throws IOException {
        byte[] buffer = new byte[64 << 10];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            count("", read);
        }
    }

    private void count(String name, long more) {
        if (more > limits.bytes() - bytes) {
            throw EntryNames.malformed(name, "the archive holds more than " + limits.bytes() + " bytes");
        }
        bytes += more;
    }
}
