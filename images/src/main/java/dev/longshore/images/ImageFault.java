package dev.longshore.images;

import dev.longshore.base.Digest;

/// Why something could not be done with images: facts, which an edge turns into its own status.
public sealed interface ImageFault {

    /// For people.
    String message();

    /// A name that is not one.
    record InvalidReference(String text, String why) implements ImageFault {
        @Override
        public String message() {
            return why + ": \"" + text + "\"";
        }
    }

    /// No such image here.
    record NoSuchImage(String reference) implements ImageFault {
        @Override
        public String message() {
            return "No such image: " + reference;
        }
    }

    /// No such blob or manifest here.
    record NoSuchContent(Digest digest) implements ImageFault {
        @Override
        public String message() {
            return "content not found: " + digest;
        }
    }

    /// Bytes that are not what their digest promised.
    record WrongDigest(String expected, String actual) implements ImageFault {
        @Override
        public String message() {
            return "digest mismatch: expected " + expected + ", got " + actual;
        }
    }

    /// More or fewer bytes than promised, or more than allowed.
    record WrongSize(String what, long expected, long actual) implements ImageFault {
        @Override
        public String message() {
            return "%s: expected %d bytes, got %d".formatted(what, expected, actual);
        }
    }

    /// A manifest, config or layer that does not follow its specification, or tries to leave its root.
    record Malformed(String what, String why) implements ImageFault {
        @Override
        public String message() {
            return what + ": " + why;
        }
    }

    /// An upload that does not exist (any more).
    record NoSuchUpload(String id) implements ImageFault {
        @Override
        public String message() {
            return "upload unknown: " + id;
        }
    }

    /// A piece of an upload that does not begin where the last one ended.
    record WrongOffset(long expected, long actual) implements ImageFault {
        @Override
        public String message() {
            return "the upload stands at byte " + expected + ", the piece begins at " + actual;
        }
    }

    /// Still needed by somebody, in Docker's words.
    record InUse(String message) implements ImageFault {}

    /// The image is here, but not for the platform that was asked for.
    record NoSuchPlatform(String reference, Platform actual, Platform wanted) implements ImageFault {
        @Override
        public String message() {
            return "image with reference %s was found but its platform (%s) does not match the specified platform (%s)"
                    .formatted(reference, actual, wanted);
        }
    }

    /// Two files would have one place in an archive.
    ///
    /// @param rule that the place comes from
    record Clash(String path, String first, String second, String rule) implements ImageFault {
        @Override
        public String message() {
            return "cannot overwrite %s from %s with %s when %s".formatted(path, first, second, rule);
        }
    }

    /// A registry said no, or was not to be reached.
    ///
    /// @param status HTTP's, or 0 without an answer
    record Registry(String where, int status, String why) implements ImageFault {
        @Override
        public String message() {
            return status == 0 ? where + ": " + why : where + ": " + status + ": " + why;
        }
    }
}
