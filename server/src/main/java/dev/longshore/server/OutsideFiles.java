package dev.longshore.server;

import dev.longshore.server.backup.OutsideFile;
import dev.longshore.server.config.UpOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The files that flags of `up` name and without which what is stored cannot be used: keys.
final class OutsideFiles {

    private OutsideFiles() {}

    static List<OutsideFile> of(UpOptions options) {
        var files = new ArrayList<OutsideFile>();
        options.atRest().file().ifPresent(file -> files.add(named(AtRestFlags.NAME, file)));
        var tokens = options.identity().tokens();
        tokens.signingKey().ifPresent(file -> files.add(named("--service-account-signing-key-file", file)));
        tokens.keys().forEach(file -> files.add(named("--service-account-key-file", file)));
        return files;
    }

    private static OutsideFile named(String flag, Path file) {
        return new OutsideFile(flag, file.toAbsolutePath());
    }
}
