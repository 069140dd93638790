package dev.longshore.kubelet.images;

import java.util.Locale;
import java.util.regex.Pattern;

/// Names of images as pods spell them: `[HOST[:PORT]/]PATH[:TAG][@DIGEST]`.
public final class ImageNames {

    private static final int LONGEST = 255;
    private static final String COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
    private static final String LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
    private static final Pattern NAME = Pattern.compile("(?:(?:%s(?:\\.%s)*|\\[[a-fA-F0-9:]+])(?::[0-9]+)?/)?%s(?:/%s)*"
            .formatted(LABEL, LABEL, COMPONENT, COMPONENT));
    private static final Pattern TAG = Pattern.compile("[\\w][\\w.-]{0,127}");
    private static final Pattern DIGEST =
            Pattern.compile("[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}");
    private static final Pattern IDENTIFIER = Pattern.compile("[a-f0-9]{64}");

    private ImageNames() {}

    /// True if `image` may name one.
    public static boolean isValid(String image) {
        String repository = repository(image);
        String rest = image.substring(repository.length());
        int at = rest.indexOf('@');
        String tag = at < 0 ? rest : rest.substring(0, at);
        return repository.length() <= LONGEST
                && NAME.matcher(repository).matches()
                && !IDENTIFIER.matcher(image).matches()
                && (tag.isEmpty() || TAG.matcher(tag.substring(1)).matches())
                && (at < 0 || DIGEST.matcher(rest.substring(at + 1)).matches());
    }

    /// What is wrong with the name `image`, in the words of who parses it; empty if nothing is.
    public static String problem(String image) {
        if (isValid(image)) {
            return "";
        }
        if (repository(image).length() > LONGEST) {
            return "repository name must not be more than 255 characters";
        }
        if (IDENTIFIER.matcher(image).matches()) {
            return "invalid repository name (%s), cannot specify 64-byte hexadecimal strings".formatted(image);
        }
        if (isValid(image.toLowerCase(Locale.ROOT))) {
            String repository = repository(image);
            return "invalid reference format: repository name (%s) must be lowercase"
                    .formatted(repository.contains("/") ? repository : "library/" + repository);
        }
        return "invalid reference format";
    }

    /// Without tag and digest.
    public static String repository(String image) {
        int at = image.indexOf('@');
        String plain = at < 0 ? image : image.substring(0, at);
        int colon = plain.lastIndexOf(':');
        return colon > plain.lastIndexOf('/') ? plain.substring(0, colon) : plain;
    }
}
