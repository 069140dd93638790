package dev.longshore.builder.transfer;

import dev.longshore.builder.flags.Permissions;
import dev.longshore.images.FileStat;
import dev.longshore.images.LayerTree;
import java.util.Optional;

/// Whom what is put into the image belongs to, and what may be done with it, as `--chown` and `--chmod` say.
public record Looks(Optional<LayerTree.Owner> owner, Optional<Permissions> permissions) {

    /// Whom directories belong to that have to be made.
    LayerTree.Owner ofParents() {
        return owner.orElse(LayerTree.Owner.ROOT);
    }

    LayerTree.Owner of(Piece.Files piece, FileStat stat) {
        return owner.orElseGet(
                () -> piece.keepsOwners() ? new LayerTree.Owner(stat.uid(), stat.gid()) : LayerTree.Owner.ROOT);
    }

    int permissions(FileStat stat) {
        return permissions
                .map(wanted -> wanted.applied(stat.permissions(), stat.isDirectory()))
                .orElse(stat.permissions());
    }
}
