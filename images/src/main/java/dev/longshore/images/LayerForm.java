package dev.longshore.images;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Locale;
import java.util.OptionalInt;

/// How layers are compressed when they go elsewhere.
///
/// @param level as the algorithm counts; its usual one without it
public record LayerForm(Kind kind, OptionalInt level) {

    /// Ways to compress.
    public enum Kind {
        /// As it is.
        UNCOMPRESSED(MediaTypes.OCI_LAYER, 0, 0),
        /// RFC 1952.
        GZIP(MediaTypes.OCI_LAYER_GZIP, 0, 9),
        /// RFC 8878.
        ZSTD(MediaTypes.OCI_LAYER + "+zstd", 0, 22);

        private final String mediaType;
        private final int lowest;
        private final int highest;

        Kind(String mediaType, int lowest, int highest) {
            this.mediaType = mediaType;
            this.lowest = lowest;
            this.highest = highest;
        }
    }

    public LayerForm {
        boolean isAllowed = level.isEmpty() || level.getAsInt() >= kind.lowest && level.getAsInt() <= kind.highest;
        if (!isAllowed) {
            throw new IllegalArgumentException("compression-level " + level.getAsInt() + " is not between "
                    + kind.lowest + " and " + kind.highest);
        }
    }

    /// Reads `uncompressed`, `gzip` or `zstd`, and a level, which may be empty.
    ///
    /// @throws IllegalArgumentException with one line that says what is wrong
    public static LayerForm parse(String kind, String level) {
        Kind found =
                switch (kind.toLowerCase(Locale.ROOT)) {
                    case "uncompressed" -> Kind.UNCOMPRESSED;
                    case "gzip" -> Kind.GZIP;
                    case "zstd" -> Kind.ZSTD;
                    default ->
                        throw new IllegalArgumentException("unsupported layer compression type \"" + kind
                                + "\": there are uncompressed, gzip and zstd");
                };
        try {
            return new LayerForm(
                    found, level.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(level)));
        } catch (NumberFormatException none) {
            throw new IllegalArgumentException("non-int value \"" + level + "\" specified for compression-level", none);
        }
    }

    /// `layer`, which is in `content`, in this form: itself if it has it already. `lease` keeps what is made. The same
    /// layer gives the same bytes.
    public Descriptor of(Descriptor layer, ContentStore content, Leases.Lease lease) throws IOException {
        if (layer.mediaType().equals(kind.mediaType) && level.isEmpty()) {
            return layer;
        }
        try (InputStream packed = content.open(layer.digest());
                InputStream plain = Compression.open(packed);
                BlobWriter blob = content.writer()) {
            try (OutputStream out = wrap(new Layers.OpenEnded(blob))) {
                plain.transferTo(out);
            }
            long size = blob.size();
            return Descriptor.of(kind.mediaType, blob.commit(lease), size);
        }
    }

    private OutputStream wrap(OutputStream out) throws IOException {
        return switch (kind) {
            case UNCOMPRESSED -> out;
            case GZIP -> level.isEmpty() ? Compression.gzip(out) : Compression.gzip(out, level.getAsInt());
            case ZSTD -> Compression.zstd(out, level);
        };
    }
}
