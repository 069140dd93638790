package dev.longshore.builder.dockerfile;

import java.util.Objects;

/// Something is wrong with a Dockerfile, or went wrong at one of its lines; says where and why.
public final class DockerfileException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;
    private final String excerpt;
    private final int line;
    private final int lastLine;

    /// At `line` of `file` (line 0: the file as a whole).
    public DockerfileException(String file, int line, String why) {
        this(file, line, why, 1, null);
    }

    /// The same, brought about by `cause`; `exitCode` is the failed command's, or 1.
    public DockerfileException(String file, int line, String why, int exitCode, Throwable cause) {
        this(Source.nameOnly(file), line, line, why, exitCode, cause);
    }

    /// In lines `first` to `last` of `source` (0: the file as a whole).
    DockerfileException(Source source, int first, int last, String why, int exitCode, Throwable cause) {
        super(first > 0 ? source.file() + ":" + first + ": " + why : source.file() + ": " + why, cause);
        this.exitCode = exitCode;
        this.line = first;
        this.lastLine = last;
        this.excerpt = Objects.requireNonNull(source.excerpt(first, last), "excerpt");
    }

    /// The exit code of the command that failed, or 1.
    public int exitCode() {
        return exitCode;
    }

    /// The first line that it is about, from 1; 0 for the file as a whole.
    public int line() {
        return line;
    }

    /// The last line that it is about.
    public int lastLine() {
        return lastLine;
    }

    /// The lines it is about, marked, and those around them, as BuildKit shows them; empty if no file has them.
    public String excerpt() {
        return excerpt;
    }
}
