import { Check, ChevronDown, Minus, Search, X } from "lucide-react";
import { Checkbox as C, Select as S, Switch as W } from "radix-ui";
import { useId, useState, type ComponentProps, type ReactNode, type Ref } from "react";
import { cx } from "./cx";
import { Kbd } from "./Kbd";

export const BOX =
  "bg-panel border-line hover:border-line-strong text-sm rounded border px-2.5 min-h-(--target) w-full min-w-0 transition-colors disabled:opacity-50 aria-invalid:border-loss";

interface InputProps extends ComponentProps<"input"> {
  label?: string;
  /** What is wrong with the value. */
  problem?: string;
}

export function Input({ label, problem, className, ...rest }: InputProps) {
  const id = useId();
  return (
    <label className="block">
      {label && <span className="text-muted mb-1 block text-xs">{label}</span>}
      <input
        className={cx(BOX, className)}
        aria-invalid={problem ? true : undefined}
        aria-describedby={problem ? id : undefined}
        {...rest}
      />
      {problem && (
        <span id={id} className="text-loss mt-1 block text-xs">
          {problem}
        </span>
      )}
    </label>
  );
}

interface SearchFieldProps extends Omit<ComponentProps<"input">, "onChange"> {
  value: string;
  onChange: (value: string) => void;
  label: string;
  keys?: string;
  inputRef?: Ref<HTMLInputElement>;
}

export function SearchField({ value, onChange, label, keys, inputRef, className, ...rest }: SearchFieldProps) {
  return (
    <div className={cx("relative", className)}>
      <Search size={15} aria-hidden className="text-faint pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2" />
      <input
        ref={inputRef}
        type="text"
        role="searchbox"
        aria-label={label}
        placeholder={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className={cx(BOX, "pr-8 pl-8")}
        {...rest}
      />
      <span className="absolute top-1/2 right-2 -translate-y-1/2">
        {value ? (
          <button type="button" aria-label="Clear" className="text-faint hover:text-text grid size-5 place-items-center" onClick={() => onChange("")}>
            <X size={14} aria-hidden />
          </button>
        ) : (
          keys && <Kbd keys={keys} />
        )}
      </span>
    </div>
  );
}

export interface Option {
  value: string;
  label: ReactNode;
}

interface SelectProps {
  label: string;
  value: string;
  options: readonly Option[];
  onChange: (value: string) => void;
  disabled?: boolean;
  className?: string;
}

export function Select({ label, value, options, onChange, disabled, className }: SelectProps) {
  const [open, setOpen] = useState(false);
  return (
    <S.Root value={value} onValueChange={onChange} disabled={disabled} open={open} onOpenChange={setOpen}>
      <S.Trigger aria-label={label} className={cx(BOX, "inline-flex items-center justify-between gap-2 text-left", className)}>
        <span className="truncate">
          <S.Value placeholder={label}>{options.find((option) => option.value === value)?.label}</S.Value>
        </span>
        <S.Icon>
          <ChevronDown size={15} className="text-faint" aria-hidden />
        </S.Icon>
      </S.Trigger>
      <S.Portal>
        <S.Content position="popper" sideOffset={4} data-modal className="rise bg-panel border-line shadow-float z-50 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) overflow-hidden rounded border">
          <S.Viewport className="p-1">
            {/* There may be a hundred, and a closed list would draw them all, each time. */}
            {open && options.map((option) => (
              <S.Item key={option.value} value={option.value} className="data-highlighted:bg-hover flex min-h-8 cursor-default items-center justify-between gap-4 rounded-[4px] px-2 text-sm outline-none select-none">
                <S.ItemText>{option.label}</S.ItemText>
                <S.ItemIndicator>
                  <Check size={14} aria-hidden className="text-accent" />
                </S.ItemIndicator>
              </S.Item>
            ))}
          </S.Viewport>
        </S.Content>
      </S.Portal>
    </S.Root>
  );
}

interface CheckboxProps {
  label: ReactNode;
  checked: boolean | "indeterminate";
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  /** Show no text, only name it for screen readers. */
  bare?: boolean;
}

export function Checkbox({ label, checked, onChange, disabled, bare }: CheckboxProps) {
  const id = useId();
  return (
    <span className="inline-flex min-h-(--target) items-center gap-2 text-sm">
      <C.Root
        id={id}
        checked={checked}
        disabled={disabled}
        onCheckedChange={(next) => onChange(next === true)}
        aria-label={bare && typeof label === "string" ? label : undefined}
        className="bg-panel border-line-strong data-[state=checked]:border-accent data-[state=checked]:bg-accent data-[state=indeterminate]:border-accent text-on-accent data-[state=indeterminate]:text-accent relative grid size-4 place-items-center rounded-[4px] border after:absolute after:-inset-2 disabled:opacity-45"
      >
        <C.Indicator>{checked === "indeterminate" ? <Minus size={12} strokeWidth={3} /> : <Check size={12} strokeWidth={3} />}</C.Indicator>
      </C.Root>
      {!bare && <label htmlFor={id}>{label}</label>}
    </span>
  );
}

export function Switch({ label, checked, onChange, disabled }: { label: string; checked: boolean; onChange: (checked: boolean) => void; disabled?: boolean }) {
  const id = useId();
  return (
    <span className="inline-flex min-h-(--target) items-center gap-2 text-sm">
      <W.Root id={id} checked={checked} disabled={disabled} onCheckedChange={onChange} className="bg-line-strong data-[state=checked]:bg-accent relative h-5 w-9 rounded-full transition-colors disabled:opacity-45">
        <W.Thumb className="bg-panel block size-4 translate-x-0.5 rounded-full transition-transform data-[state=checked]:translate-x-[18px]" />
      </W.Root>
      <label htmlFor={id}>{label}</label>
    </span>
  );
}
