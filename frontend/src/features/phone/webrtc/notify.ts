// Desktop notifications of calls that come in while one looks elsewhere.

const shown = new Map<string, Notification>();

export type MayNotify = NotificationPermission | "missing";

export function permissionToNotify(): MayNotify {
    return "Notification" in window ? Notification.permission : "missing";
}

export function notifyCall(id: string, title: string, body: string): void {
    if (permissionToNotify() !== "granted" || document.hasFocus()) return;
    try {
        const notification = new Notification(title, { body, tag: id, requireInteraction: true });
        notification.addEventListener("click", () => {
            window.focus();
            notification.close();
        });
        shown.set(id, notification);
    } catch {
        // Browsers on mobiles only notify from a service worker.
    }
}

export function withdrawNotification(id: string): void {
    shown.get(id)?.close();
    shown.delete(id);
}
