package dev.longshore.builder.attest;

import dev.longshore.base.Digest;
import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.MergedTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Claims about the files of a result, each file being one of their subjects: what BuildKit writes beside them.
public final class FileClaims {

    private static final int BUFFER = 128 << 10;

    private FileClaims() {}

    /// The statements of `claims` about everything in `tree`, by the names of their files. Reads every file once.
    ///
    /// @throws ImageFaultException when two would have one name
    public static Map<String, byte[]> of(List<Claim> claims, MergedTree tree) throws IOException {
        List<Claim> wanted =
                claims.stream().filter(claim -> !claim.isInlineOnly()).toList();
        if (wanted.isEmpty()) {
            return Map.of();
        }
        var subjects = new ArrayList<Statement.Named>();
        gather(tree, "", subjects);
        var files = new TreeMap<String, byte[]>();
        for (Claim claim : wanted) {
            byte[] text = new Statement(claim, subjects).prettyBytes();
            if (files.put(claim.file(), text) != null) {
                throw new ImageFaultException(
                        new ImageFault.Malformed("attestations", "duplicate attestation path name " + claim.file()));
            }
        }
        return files;
    }

    private static void gather(MergedTree tree, String prefix, List<Statement.Named> subjects) throws IOException {
        for (Map.Entry<String, Path> child : tree.list("/" + prefix).entrySet()) {
            String name = prefix + child.getKey();
            if (Files.isDirectory(child.getValue(), LinkOption.NOFOLLOW_LINKS)) {
                gather(tree, name + "/", subjects);
            } else if (Files.isRegularFile(child.getValue(), LinkOption.NOFOLLOW_LINKS)) {
                subjects.add(new Statement.Named(name, sum(child.getValue())));
            }
        }
    }

    private static Digest sum(Path file) throws IOException {
        var hasher = Digest.hasher("sha256");
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), hasher)) {
            int count = in.read(buffer);
            while (count >= 0) {
                count = in.read(buffer);
            }
        }
        return Digest.of("sha256", hasher.digest());
    }
}
