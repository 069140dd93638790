package dev.longshore.builder.dockerfile;

/// Something is wrong with a Dockerfile, or went wrong at one of its lines; says where and why.
public final class DockerfileException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /// At `line` of `file` (line 0: the file as a whole).
    public DockerfileException(String file, int line, String why) {
        this(file, line, why, 1, null);
    }

    /// The same, brought about by `cause`; `exitCode` is the failed command's, or 1.
    public DockerfileException(String file, int line, String why, int exitCode, Throwable cause) {
        super(line > 0 ? file + ":" + line + ": " + why : file + ": " + why, cause);
        this.exitCode = exitCode;
    }

    /// The exit code of the command that failed, or 1.
    public int exitCode() {
        return exitCode;
    }
}
