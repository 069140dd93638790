package dev.longshore.builder.flags;

import dev.longshore.builder.dockerfile.Suggestion;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/// Reads one `--mount`. An option counts from where it stands: `required` and `size` need `type` before them, as
/// in BuildKit. For one mount.
final class MountReader {

    private static final List<String> TYPES = List.of("bind", "cache", "tmpfs", "secret", "ssh");
    private static final List<String> SHARINGS = List.of("shared", "private", "locked");
    private static final Set<String> WITH_OWNER = Set.of("cache", "secret", "ssh");
    private static final Set<String> WITH_REQUIRED = Set.of("secret", "ssh");
    private static final List<String> OPTIONS = List.of(
            "type",
            "from",
            "source",
            "target",
            "readonly",
            "id",
            "sharing",
            "required",
            "size",
            "mode",
            "uid",
            "gid",
            "src",
            "dst",
            "destination",
            "ro",
            "rw",
            "readwrite",
            "env");

    private String type = "bind";
    private Optional<String> from = Optional.empty();
    private String source = "";
    private String target = "";
    private String id = "";
    private Optional<String> variable = Optional.empty();
    private Optional<Boolean> readOnly = Optional.empty();
    private Optional<String> sharing = Optional.empty();
    private boolean isRequired;
    private long size;
    private Optional<Integer> mode = Optional.empty();
    private Optional<Long> uid = Optional.empty();
    private Optional<Long> gid = Optional.empty();

    private MountReader() {}

    /// Finds what is wrong whatever the variables are: `from` names a stage, which must be known beforehand, and
    /// where there are no variables, everything is known.
    ///
    /// @throws IllegalArgumentException with the reason
    static void check(String text) {
        for (String field : CsvFields.of(text, "mounts")) {
            int equals = field.indexOf('=');
            String key = key(field, equals);
            if (key.equals("from") && equals > 0 && field.substring(equals + 1).matches("(?s).*\\$..*")) {
                throw new IllegalArgumentException(
                        "'from' doesn't support variable expansion, define alias stage instead");
            }
        }
        boolean isPlain = text.chars().noneMatch(c -> "$'\"\\`".indexOf(c) >= 0);
        if (isPlain) {
            read(text, UnaryOperator.identity());
        }
    }

    /// Where `text` takes files from, as it is written; empty if it does not say.
    static Optional<String> from(String text) {
        return CsvFields.of(text, "mounts").stream()
                .filter(field -> field.toLowerCase(Locale.ROOT).startsWith("from="))
                .map(field -> field.substring("from=".length()))
                .filter(name -> !name.isEmpty())
                .reduce((first, last) -> last);
    }

    /// The mount that `text` asks for.
    ///
    /// @throws IllegalArgumentException with the reason
    static Mount read(String text, UnaryOperator<String> expand) {
        var reader = new MountReader();
        for (String field : CsvFields.of(text, "mounts")) {
            int equals = field.indexOf('=');
            if (equals < 0) {
                reader.word(key(field, equals), field);
            } else {
                reader.option(key(field, equals), expand.apply(field.substring(equals + 1)), field);
            }
        }
        return reader.mount();
    }

    private static String key(String field, int equals) {
        return (equals < 0 ? field : field.substring(0, equals)).toLowerCase(Locale.ROOT);
    }

    private void word(String key, String field) {
        switch (key) {
            case "readonly", "ro" -> readOnly = Optional.of(true);
            case "readwrite", "rw" -> readOnly = Optional.of(false);
            case "required" -> require(key, true);
            default ->
                throw new IllegalArgumentException("invalid field '" + field + "' must be a key=value pair"
                        + (OPTIONS.contains(key) ? "" : Suggestion.of(key, OPTIONS)));
        }
    }

    private void option(String key, String value, String field) {
        switch (key) {
            case "type" -> type = oneOf(value, TYPES, "unsupported mount type ");
            case "from" -> from = Optional.of(value).filter(name -> !name.isEmpty());
            case "source", "src" -> source = value;
            case "target", "dst", "destination" -> target = value;
            case "readonly", "ro" -> readOnly = Optional.of(GoValues.bool(key, value));
            case "readwrite", "rw" -> readOnly = Optional.of(!GoValues.bool(key, value));
            case "required" -> require(key, GoValues.bool(key, value));
            case "size" -> limit(key, value);
            case "id" -> id = value;
            case "sharing" -> sharing = Optional.of(oneOf(value, SHARINGS, "unsupported sharing value "));
            case "mode" -> mode = Optional.of(Math.toIntExact(GoValues.unsigned(key, value, 8)));
            case "uid" -> uid = Optional.of(GoValues.unsigned(key, value, 10));
            case "gid" -> gid = Optional.of(GoValues.unsigned(key, value, 10));
            case "env" -> variable = Optional.of(value).filter(name -> !name.isEmpty());
            default ->
                throw new IllegalArgumentException(
                        "unexpected key '" + key + "' in '" + field + "'" + Suggestion.of(key, OPTIONS));
        }
    }

    private static String oneOf(String value, List<String> options, String complaint) {
        String lower = value.toLowerCase(Locale.ROOT);
        if (!options.contains(lower)) {
            throw new IllegalArgumentException(complaint + GoValues.quoted(value) + Suggestion.of(value, options));
        }
        return lower;
    }

    private void require(String key, boolean value) {
        if (!WITH_REQUIRED.contains(type)) {
            throw unexpected(key);
        }
        isRequired = value;
    }

    private void limit(String key, String value) {
        if (!type.equals("tmpfs")) {
            throw unexpected(key);
        }
        size = GoValues.bytes(key, value);
    }

    private IllegalArgumentException unexpected(String key) {
        return new IllegalArgumentException("unexpected key '" + key + "' for mount type '" + type + "'");
    }

    private Mount mount() {
        checkOwner();
        checkSharing();
        var owner = new Mount.Ownership(mode, uid, gid);
        Optional<String> place = Optional.of(target).filter(path -> !path.isEmpty());
        return switch (type) {
            case "cache" ->
                new Mount.Cache(
                        target,
                        id.isEmpty() ? GoValues.cleanPath(target) : id,
                        Mount.Sharing.valueOf(sharing.orElse("shared").toUpperCase(Locale.ROOT)),
                        from,
                        source,
                        readOnly.orElse(false),
                        owner);
            case "tmpfs" -> new Mount.Tmpfs(target, size);
            case "secret" -> secret(owner, place);
            case "ssh" -> new Mount.Ssh(id.isEmpty() ? "default" : id, place, isRequired, owner);
            default -> new Mount.Bind(target, from, source, readOnly.orElse(true));
        };
    }

    private Mount.Secret secret(Mount.Ownership owner, Optional<String> place) {
        if (from.isPresent()) {
            throw new IllegalArgumentException("secret mount should not have a from");
        }
        if (source.isEmpty() && target.isEmpty() && id.isEmpty()) {
            throw new IllegalArgumentException("invalid secret mount. one of source, target required");
        }
        if (!source.isEmpty() && !id.isEmpty()) {
            throw new IllegalArgumentException("both source and id can't be set");
        }
        String named = source.isEmpty() ? id : source;
        String name = named.isEmpty() ? GoValues.baseName(target) : named;
        boolean isOnlyVariable = variable.isPresent() && place.isEmpty();
        Optional<String> file = isOnlyVariable
                ? Optional.empty()
                : Optional.of(place.orElse("/run/secrets/" + GoValues.baseName(name)));
        return new Mount.Secret(name, file, variable, isRequired, owner);
    }

    private void checkOwner() {
        if (WITH_OWNER.contains(type)) {
            return;
        }
        String given = mode.isPresent() ? "mode" : uid.isPresent() ? "uid" : gid.isPresent() ? "gid" : "";
        if (!given.isEmpty()) {
            throw new IllegalArgumentException(given + " not allowed for \"" + type + "\" type mounts");
        }
    }

    private void checkSharing() {
        if (sharing.isPresent() && !type.equals("cache")) {
            throw new IllegalArgumentException(
                    type.equals("secret")
                            ? "secret mount should not define sharing"
                            : "invalid cache sharing set for " + type + " mount");
        }
        if (variable.isPresent() && !type.equals("secret")) {
            throw unexpected("env");
        }
    }
}
