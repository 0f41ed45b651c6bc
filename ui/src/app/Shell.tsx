import { Group, Text } from "@mantine/core";
import { IconLayoutDashboard, IconListSearch, IconPlugConnected, IconRoute, type Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";

import { SettingsMenu } from "./SettingsMenu";

const screens: { key: string; href: string; icon: Icon }[] = [
  { key: "trace", href: "/", icon: IconRoute },
  { key: "discover", href: "/discover", icon: IconListSearch },
  { key: "dashboards", href: "/dashboards", icon: IconLayoutDashboard },
  { key: "sources", href: "/sources", icon: IconPlugConnected },
];

/** Shell is what every screen stands in: the name, the ways to the other screens, the settings. */
export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation("app");
  return (
    <>
      <a className="skip" href="#content">
        {t("skip")}
      </a>
      <header style={{ borderBottom: "1px solid var(--mantine-color-default-border)", position: "sticky", top: 0, zIndex: 120, background: "var(--mantine-color-body)" }}>
        <Group h="var(--rastro-nav-height)" px="md" gap="lg" wrap="nowrap">
          <Link href="/" aria-label="Rastro" style={{ display: "flex", alignItems: "center", gap: 8, textDecoration: "none", color: "inherit" }}>
            <img src="/assets/icon.svg" alt="" width={26} height={26} />
            <Text component="span" fw={700} size="lg" visibleFrom="xs">
              Rastro
            </Text>
          </Link>
          <nav className="topnav" aria-label={t("nav.label")} style={{ display: "flex", gap: 4 }}>
            <Links />
          </nav>
          <div style={{ flex: 1 }} />
          <SettingsMenu />
        </Group>
      </header>
      <main id="content" tabIndex={-1} style={{ outline: "none" }}>
        {children}
      </main>
      <nav className="tabbar" aria-label={t("nav.label")}>
        <Links />
      </nav>
    </>
  );
}

function Links() {
  const { t } = useTranslation("app");
  const [path] = useLocation();
  return screens.map(({ key, href, icon: Sign }) => {
    const here = href === "/" ? path === "/" || path.startsWith("/journey/") : path.startsWith(href);
    return (
      <Link key={key} href={href} className="navlink" aria-current={here ? "page" : undefined}>
        <Sign size={18} aria-hidden />
        {t(`nav.${key}`)}
      </Link>
    );
  });
}
