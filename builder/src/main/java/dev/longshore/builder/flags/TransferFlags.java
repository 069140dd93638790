package dev.longshore.builder.flags;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.dockerfile.Words;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// The flags of COPY and ADD, expanded. What only one of them has is absent with the other.
///
/// @param from COPY: the stage, image or named context that sources are in; the build context if absent
/// @param owner `user[:group]`, by name or number
/// @param permissions for every file; as in the source if absent
/// @param isLinked the files make a layer of their own, whatever is below
/// @param keepsParents COPY: directories above a source come along, from `/./` on if the path has that
/// @param excluded patterns of what is left out, as in `.dockerignore`
/// @param checksum ADD: `algorithm:hex` of what is downloaded, or a commit
/// @param keepsGitDirectory ADD: `.git` stays; absent if the line says nothing
/// @param unpacks ADD: whether archives are unpacked; absent for the default (local ones are, downloads are not)
public record TransferFlags(
        Optional<String> from,
        Optional<String> owner,
        Optional<Permissions> permissions,
        boolean isLinked,
        boolean keepsParents,
        List<String> excluded,
        Optional<String> checksum,
        Optional<Boolean> keepsGitDirectory,
        Optional<Boolean> unpacks) {

    private static final Map<String, FlagReader.Kind> COPY = Map.of(
            "from", FlagReader.Kind.TEXT,
            "chown", FlagReader.Kind.TEXT,
            "chmod", FlagReader.Kind.TEXT,
            "link", FlagReader.Kind.SWITCH,
            "parents", FlagReader.Kind.SWITCH,
            "exclude", FlagReader.Kind.TEXTS);

    private static final Map<String, FlagReader.Kind> ADD = Map.of(
            "chown", FlagReader.Kind.TEXT,
            "chmod", FlagReader.Kind.TEXT,
            "link", FlagReader.Kind.SWITCH,
            "exclude", FlagReader.Kind.TEXTS,
            "checksum", FlagReader.Kind.TEXT,
            "keep-git-dir", FlagReader.Kind.SWITCH,
            "unpack", FlagReader.Kind.SWITCH);

    public TransferFlags {
        excluded = List.copyOf(excluded);
    }

    /// Finds what is wrong with the flags of `line` whatever the variables will be.
    ///
    /// @throws dev.longshore.builder.dockerfile.DockerfileException with the reason
    public static void check(Line line) {
        FlagReader flags = FlagReader.of(line, known(line));
        if (flags.text("from").filter(from -> isExpanded(line, from)).isPresent()) {
            throw line.wrong("variable expansion is not supported for --from, define a new stage with FROM using ARG"
                    + " from global scope as a workaround");
        }
    }

    private static boolean isExpanded(Line line, String text) {
        try {
            return !text.equals(Words.expand(text, line.escape(), Map.of()));
        } catch (IllegalArgumentException wrong) {
            throw line.wrong(wrong.getMessage());
        }
    }

    /// The flags of `line`, a COPY or an ADD, values expanded with `expand`.
    ///
    /// @throws dev.longshore.builder.dockerfile.DockerfileException when one is wrong
    public static TransferFlags of(Line line, UnaryOperator<String> expand) {
        FlagReader flags = FlagReader.of(line, known(line));
        return new TransferFlags(
                expanded(flags, "from", expand),
                expanded(flags, "chown", expand),
                expanded(flags, "chmod", expand).map(text -> permissions(line, text)),
                flags.isOn("link"),
                flags.isOn("parents"),
                flags.texts("exclude").stream().map(expand).toList(),
                expanded(flags, "checksum", expand),
                flags.choice("keep-git-dir"),
                flags.choice("unpack"));
    }

    private static Map<String, FlagReader.Kind> known(Line line) {
        return line.keyword().equals("COPY") ? COPY : ADD;
    }

    private static Optional<String> expanded(FlagReader flags, String name, UnaryOperator<String> expand) {
        return flags.text(name).map(expand).filter(text -> !text.isEmpty());
    }

    private static Permissions permissions(Line line, String text) {
        try {
            return Permissions.parse(text);
        } catch (IllegalArgumentException wrong) {
            throw line.wrong(wrong.getMessage());
        }
    }
}
