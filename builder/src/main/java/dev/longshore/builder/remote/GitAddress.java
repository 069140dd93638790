package dev.longshore.builder.remote;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A git repository, and what is wanted of it: `https://host/repo.git#branch:directory`, `git@host:repo`,
/// `ssh://…`, `git://…`, or the query form `https://host/repo.git?tag=v1&subdir=docs`. As BuildKit has it, a plain
/// web address is a repository only if its path ends with `.git`.
///
/// @param remote what git is told
/// @param ref a branch, a tag or a commit; empty for the default branch
/// @param directory within the repository; empty for all of it
/// @param checksum the commit must begin with it
/// @param keepsGitDirectory as the query says
/// @param withSubmodules whether submodules are fetched, too
public record GitAddress(
        String remote,
        String ref,
        String directory,
        Optional<String> checksum,
        Optional<Boolean> keepsGitDirectory,
        boolean withSubmodules) {

    private static final Pattern WEB = Pattern.compile("https?://[^?#]+\\.git(?:[?#].*)?");
    private static final Pattern OTHER = Pattern.compile("(?:git|ssh)://[^?#/]+/[^?#]+(?:[?#].*)?");
    private static final Pattern SCP = Pattern.compile("[a-zA-Z0-9_.-]+@[a-zA-Z0-9_.-]+:(?!//)[^?#]+(?:[?#].*)?");
    private static final Pattern PARTS = Pattern.compile("([^?#]*)(?:\\?([^#]*))?(?:#(.*))?");

    /// True if `text` names a repository.
    static boolean isOne(String text) {
        return WEB.matcher(text).matches()
                || OTHER.matcher(text).matches()
                || SCP.matcher(text).matches()
                || text.startsWith("github.com/");
    }

    /// Reads `text`; empty if it names no repository.
    ///
    /// @throws IllegalArgumentException with the reason, when it names one badly
    public static Optional<GitAddress> parse(String text) {
        if (!isOne(text)) {
            return Optional.empty();
        }
        Matcher parts = PARTS.matcher(text.startsWith("github.com/") ? "https://" + text : text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("invalid git address: " + Addresses.shown(text));
        }
        var reading = new Reading();
        if (parts.group(2) != null) {
            reading.query(parts.group(2));
        }
        if (parts.group(3) != null && !parts.group(3).isEmpty()) {
            reading.fragment(parts.group(3));
        }
        return Optional.of(reading.address(parts.group(1)));
    }

    /// The same at the commit `checksum` or one that begins so.
    public GitAddress at(String commit) {
        return new GitAddress(remote, ref, directory, Optional.of(commit), keepsGitDirectory, withSubmodules);
    }

    private static final class Reading {

        private String ref = "";
        private String directory = "";
        private Optional<String> checksum = Optional.empty();
        private Optional<Boolean> keeps = Optional.empty();
        private boolean withSubmodules = true;

        void fragment(String text) {
            int colon = text.indexOf(':');
            set(colon < 0 ? text : text.substring(0, colon));
            if (colon >= 0) {
                directory(text.substring(colon + 1));
            }
        }

        void query(String text) {
            for (String pair : text.split("&", -1)) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                String value = equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
                switch (name) {
                    case "" -> {}
                    case "ref" -> set(value);
                    case "branch" -> set(value.startsWith("refs/heads/") ? value : "refs/heads/" + value);
                    case "tag" -> set(value.startsWith("refs/tags/") ? value : "refs/tags/" + value);
                    case "subdir" -> directory(value);
                    case "checksum", "commit" -> checksum = Optional.of(value);
                    case "keep-git-dir" -> keeps = Optional.of(isOn(name, value));
                    case "submodules" -> withSubmodules = isOn(name, value);
                    default -> throw new IllegalArgumentException("unexpected query \"" + name + "\"");
                }
            }
        }

        private static boolean isOn(String name, String value) {
            return switch (value) {
                case "", "1", "true" -> true;
                case "0", "false" -> false;
                default -> throw new IllegalArgumentException("invalid " + name + " value: \"" + value + "\"");
            };
        }

        private void set(String value) {
            if (!ref.isEmpty() && !value.isEmpty()) {
                throw new IllegalArgumentException("ref conflicts: \"" + ref + "\" and \"" + value + "\"");
            }
            ref = value;
        }

        private void directory(String value) {
            if (!directory.isEmpty() && !value.isEmpty()) {
                throw new IllegalArgumentException("subdir conflicts: \"" + directory + "\" and \"" + value + "\"");
            }
            directory = value;
        }

        GitAddress address(String remote) {
            // Words that begin with a dash are options to git, wherever they stand.
            if (remote.startsWith("-") || ref.startsWith("-") || !ref.matches("[^\\s~^:?*\\[\\\\\\p{Cntrl}]*")) {
                throw new IllegalArgumentException("invalid git ref: \"" + ref + "\"");
            }
            return new GitAddress(remote, ref, directory, checksum, keeps, withSubmodules);
        }
    }
}
