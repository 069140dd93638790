package dev.longshore.apiserver.openapi;

/// What answers' statuses are called.
final class Statuses {

    private Statuses() {}

    static String phrase(int code) {
        return switch (code) {
            case 200 -> "OK";
            case 201 -> "Created";
            case 202 -> "Accepted";
            case 401 -> "Unauthorized";
            default -> Integer.toString(code);
        };
    }
}
