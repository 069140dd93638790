package dev.longshore.builder.attest;

/// A package that an image has, as the image's own files say.
///
/// @param kind `deb`, `apk` or `pypi`
/// @param url its package URL
/// @param license as it is told; empty if it is not
/// @param place the file that says so
record InstalledPackage(String kind, String name, String version, String url, String license, String place) {

    private static final int LONGEST = 1_024;

    /// An image may say anything: what no packager would write is no package.
    boolean isSensible() {
        return !name.isEmpty()
                && !version.isEmpty()
                && name.length() <= LONGEST
                && version.length() <= LONGEST
                && license.length() <= LONGEST;
    }
}
